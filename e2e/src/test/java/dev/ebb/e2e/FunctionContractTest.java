package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.e2e.SharedPlatform.Shared;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The runtime contract for functions from source: what their programs see of a service that uses
/// volumes, a user, an init container, a neighbour and a token, in each language.
@ExtendWith(SharedPlatform.class)
class FunctionContractTest {
  private static final String NAMESPACE = "functions";

  /// Runs what is posted to it.
  private static final String FUNCTIONS =
      """
      apiVersion: ebb.dev/v1
      kind: Function
      metadata: {name: asked-python, namespace: functions}
      spec:
        runtime: python
        source:
          inline: |
            import subprocess
            def main(request):
                return subprocess.run(["sh", "-c", request.text or "echo"], capture_output=True, text=True).stdout
      ---
      apiVersion: ebb.dev/v1
      kind: Function
      metadata: {name: asked-nodejs, namespace: functions}
      spec:
        runtime: nodejs
        source:
          inline: |
            const { spawnSync } = require('child_process');
            module.exports = (event) => spawnSync('sh', ['-c', event.text || 'echo']).stdout.toString();
      """;

  private static final String SETTINGS =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings, namespace: functions}
      data: {color: blue}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: secret, namespace: functions}
      stringData: {key: hidden}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: claim, namespace: functions}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: 1Mi}}
      """;

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: LANGUAGE, namespace: functions}
      spec:
        template:
          metadata:
            annotations: {autoscaling.knative.dev/min-scale: "1"}
          spec:
            initContainers:
            - name: first
              image: example.com/contract:v1
              command: [sh, -c, 'echo from an image > /shared/first']
              volumeMounts: [{name: shared, mountPath: /shared}]
            containers:
            - name: user-container
              image: IMAGE
              ports: [{containerPort: 8080}]
              workingDir: /shared
              env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
              resources: {limits: {memory: 256Mi}}
              readinessProbe: {httpGet: {path: /, port: 8080}}
              livenessProbe: {exec: {command: [test, -e, /shared/first]}}
              securityContext: {runAsUser: 1234, runAsGroup: 2345}
              volumeMounts:
              - {name: shared, mountPath: /shared}
              - {name: settings, mountPath: /settings}
              - {name: secret, mountPath: /secret}
              - {name: claim, mountPath: /claim}
            - name: beside
              image: IMAGE
              volumeMounts: [{name: shared, mountPath: /shared}]
            volumes:
            - {name: shared, emptyDir: {}}
            - {name: settings, configMap: {name: settings}}
            - {name: secret, secret: {secretName: secret}}
            - {name: claim, persistentVolumeClaim: {claimName: claim}}
      """;

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: alone, namespace: functions, labels: {app: alone}}
      spec:
        terminationGracePeriodSeconds: 1
        containers: [{name: alone, image: 'IMAGE'}]
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: alone, namespace: functions}
      spec:
        selector: {app: alone}
        ports: [{port: 80, targetPort: 8080}]
      """;

  private static Platform platform;

  @BeforeAll
  static void start(Shared shared) {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    platform = shared.platform();
    shared.namespace(NAMESPACE);
    ContractImage.load(platform);
    platform.write("asked.yaml", FUNCTIONS);
    platform.write("settings.yaml", SETTINGS);
    platform.kubectl("apply", "-f", "settings.yaml", "-f", "asked.yaml").run().orFail();
    kubectl("wait", "--for=condition=Ready", "function", "--all", "--timeout=60s");
    for (String language : new String[] {"python", "nodejs"}) {
      String image =
          kubectl(
              "get",
              "ksvc",
              "asked-" + language,
              "-o",
              "jsonpath={.spec.template.spec.containers[0].image}");
      platform.write(
          language + ".yaml", SERVICE.replace("LANGUAGE", language).replace("IMAGE", image));
      kubectl("apply", "-f", language + ".yaml");
      platform.write("alone.yaml", POD.replace("IMAGE", image));
    }
    kubectl("apply", "-f", "alone.yaml");
    kubectl("wait", "--for=condition=Ready", "ksvc", "--all", "--timeout=60s");
  }

  private static String kubectl(String... words) {
    String[] all =
        Stream.concat(Stream.of("-n", NAMESPACE), Stream.of(words)).toArray(String[]::new);
    return platform.kubectl(all).run().orFail().out();
  }

  private static String inside(String language, String script) {
    return platform
        .curl(
            "-H",
            "Host: %s.%s.localhost".formatted(language, NAMESPACE),
            "--data-binary",
            script,
            platform.gateway())
        .run()
        .orFail()
        .out()
        .strip();
  }

  private static String account(String file) {
    return "/var/run/secrets/kubernetes.io/serviceaccount/" + file;
  }

  static Stream<Arguments> clauses() {
    return Stream.of("python", "nodejs")
        .flatMap(language ->
            Stream.of(
                Arguments.of(language, "user and group", "id -u; id -g", "1234\n2345"),
                Arguments.of(language, "workingDir", "pwd", "/shared"),
                Arguments.of(language, "init containers", "cat first", "from an image"),
                Arguments.of(language, "emptyDir", "echo a > a && cat a", "a"),
                Arguments.of(language, "a ConfigMap's files", "cat /settings/color", "blue"),
                Arguments.of(language, "a Secret's files", "cat /secret/key", "hidden"),
                Arguments.of(language, "a claim", "echo a > /claim/$$ && cat /claim/$$", "a"),
                Arguments.of(
                    language, "its home", "echo a > ~/a && cat ~/a && echo ~", "a\n/home/nonroot"),
                Arguments.of(language, "/tmp", "echo a > /tmp/a && cat /tmp/a", "a"),
                Arguments.of(
                    language,
                    "capabilities",
                    "grep CapEff /proc/1/status",
                    "CapEff:\t0000000000000000"),
                Arguments.of(language, "field: podIP", "grep -c \"^$POD_IP\" /etc/hosts", "1"),
                Arguments.of(
                    language, "the API's address", "echo ${KUBERNETES_SERVICE_PORT_HTTPS}", "443"),
                Arguments.of(language, "its namespace", "cat " + account("namespace"), NAMESPACE),
                Arguments.of(
                    language, "its token", "tr -cd . < " + account("token") + " | wc -c", "2")));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("clauses")
  void theFunctionSees(String language, String clause, String script, String answer) {
    assertThat(inside(language, script)).as(clause).isEqualTo(answer);
  }

  /// What another function of the platform answers to one of this language.
  private static String asked(String language, String url, String script) {
    String ask =
        language.equals("python")
            ? "-c \"import urllib.request as u; print(u.urlopen('%s', b'%s').read().decode())\""
            : "-e \"fetch('%s', {method: 'POST', body: '%s'}).then(r => r.text()).then(console.log)\"";
    // What runs the function is there, whatever else the machine has.
    return inside(language, "$(readlink /proc/1/exe) " + ask.formatted(url, script));
  }

  /// It has no socket that a gateway knows, so it listens at a port: 8080 and its place.
  @ParameterizedTest
  @ValueSource(strings = {"python", "nodejs"})
  void aFunctionBesideAnotherAnswersAtItsPort(String language) {
    assertThat(asked(language, "http://127.0.0.1:8081/", "cat /shared/first"))
        .isEqualTo("from an image");
  }

  @Test
  void aPodOfItsOwnIsAFunctionBehindAService() {
    kubectl("wait", "--for=condition=Ready", "pod/alone", "--timeout=60s");
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(asked("python", "http://alone/", "hostname")).isEqualTo("alone"));
  }
}

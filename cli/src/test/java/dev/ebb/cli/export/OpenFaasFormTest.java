package dev.ebb.cli.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.cli.stack.StackFile;
import dev.ebb.cli.stack.StackFunction;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.yaml.YamlReader;
import dev.ebb.kinds.yaml.YamlWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class OpenFaasFormTest {
  /// What the gateway makes of all that a stack file can say, as the server stores it.
  private static final String FUNCTION =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata:
        name: info
        namespace: openfaas-fn
        uid: u
        labels: {com.openfaas.scale.min: "2", faas_function: info}
        annotations:
          topic: cron-function
          schedule: "*/5 * * * *"
          com.openfaas.health.http.path: /healthy
          com.openfaas.health.http.periodSeconds: "5"
          openfaas.ebb.dev/constraints: "a=b\\nc=d"
          prometheus.io.scrape: "false"
          serving.knative.dev/creator: openfaas:admin
      spec:
        template:
          metadata:
            labels: {com.openfaas.scale.min: "2", faas_function: info}
            annotations:
              topic: cron-function
              schedule: "*/5 * * * *"
              com.openfaas.health.http.path: /healthy
              com.openfaas.health.http.periodSeconds: "5"
              openfaas.ebb.dev/constraints: "a=b\\nc=d"
              prometheus.io.scrape: "false"
              autoscaling.knative.dev/min-scale: "2"
              autoscaling.knative.dev/metric: rps
              openfaas.ebb.dev/deployed-at: "2026-01-01T00:00:00Z"
          spec:
            containerConcurrency: 0
            enableServiceLinks: false
            timeoutSeconds: 20
            imagePullSecrets: [{name: registry}]
            containers:
            - name: user-container
              image: docker.io/library/x:1
              ports: [{name: http1, containerPort: 8080, protocol: TCP}]
              env:
              - {name: A, value: b}
              - {name: OPENFAAS_NAME, value: info}
              - {name: OPENFAAS_NAMESPACE, value: openfaas-fn}
              - {name: exec_timeout, value: 20s}
              - {name: fprocess, value: node main.js}
              resources: {limits: {memory: 64Mi, cpu: 100m}, requests: {cpu: 10m}}
              livenessProbe: {httpGet: {path: /healthy, port: 8080}, periodSeconds: 5}
              readinessProbe: {successThreshold: 1, httpGet: {path: /healthy, port: 8080}}
              securityContext: {readOnlyRootFilesystem: true}
              volumeMounts:
              - {name: temp, mountPath: /tmp}
              - {name: openfaas-secrets, mountPath: /var/openfaas/secrets, readOnly: true}
            volumes:
            - {name: temp, emptyDir: {}}
            - name: openfaas-secrets
              projected: {sources: [{secret: {name: s1}}, {secret: {name: s2}}]}
        traffic: [{latestRevision: true, percent: 100}]
      status: {url: http://info}
      """;

  private static final String SMALL =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: hello, namespace: default, labels: {team: a}}
      spec:
        template:
          metadata: {annotations: {%s}}
          spec: {%scontainers: [{image: x, %s}]}
      """;

  @TempDir private Path directory;

  @Test
  void aFunctionIsWhatItsStackFileSaid() throws IOException {
    OpenFaasForm.Result form = OpenFaasForm.of(service(FUNCTION));
    assertThat(form.missing()).isEmpty();
    assertThat(read(form.function()))
        .isEqualTo(
            new StackFunction(
                "info",
                "",
                "docker.io/library/x:1",
                "node main.js",
                Map.of("A", "b", "exec_timeout", "20s"),
                List.of("s1", "s2", "registry"),
                Map.of("com.openfaas.scale.min", "2"),
                Map.of(
                    "topic", "cron-function",
                    "schedule", "*/5 * * * *",
                    "com.openfaas.health.http.path", "/healthy",
                    "com.openfaas.health.http.periodSeconds", "5"),
                List.of("a=b", "c=d"),
                Map.of("memory", "64Mi", "cpu", "100m"),
                Map.of("cpu", "10m"),
                true));
    assertThat(OpenFaasDocument.object(form.function()).path("spec").toString())
        .contains("\"handler\":\"node main.js\"", "\"readOnlyRootFilesystem\":true");
  }

  @Test
  void aServiceOfKnativeSaysHowItIsScaled() throws IOException {
    assertThat(read(OpenFaasForm.of(service(SMALL.formatted("", "", ""))).function()).labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "team", "a",
                "com.openfaas.scale.zero", "true",
                "com.openfaas.scale.zero-duration", "1m0s",
                "com.openfaas.scale.max", "0",
                "com.openfaas.scale.type", "capacity",
                "com.openfaas.scale.target", "100",
                "com.openfaas.scale.target-proportion", "0.7"));
    OpenFaasForm.Result other =
        OpenFaasForm.of(
            service(
                SMALL.formatted(
                    "autoscaling.knative.dev/minScale: '3', autoscaling.knative.dev/max-scale: '5',"
                        + " autoscaling.knative.dev/metric: rps, autoscaling.knative.dev/target: '9',"
                        + " autoscaling.knative.dev/target-utilization-percentage: '100'",
                    "",
                    "")));
    assertThat(other.missing()).isEmpty();
    assertThat(other.function().labels())
        .containsEntry("com.openfaas.scale.min", "3")
        .containsEntry("com.openfaas.scale.max", "5")
        .containsEntry("com.openfaas.scale.type", "rps")
        .containsEntry("com.openfaas.scale.target", "9")
        .containsEntry("com.openfaas.scale.target-proportion", "1")
        .doesNotContainKey("com.openfaas.scale.zero");
    OpenFaasForm.Result backlog =
        OpenFaasForm.of(
            service(
                SMALL.formatted(
                    "serving.ebb.dev/scaling-metric: backlog, autoscaling.knative.dev/target: '9'",
                    "",
                    "")));
    assertThat(backlog.missing()).isEmpty();
    assertThat(backlog.function().labels())
        .containsEntry("com.openfaas.scale.type", "queue")
        .containsEntry("com.openfaas.scale.target", "9");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-|-|command: [sh]|spec.template.spec.containers[0].command",
        "-|-|ports: [{containerPort: 9000}]|spec.template.spec.containers[0].ports",
        "-|-|ports: [{name: h2c, containerPort: 8080}]|spec.template.spec.containers[0].ports",
        "-|-|env: [{name: A, value: b}, {name: B, valueFrom: {fieldRef: {fieldPath: x}}}]|spec.template.spec.containers[0].env[B]",
        "-|-|envFrom: [{secretRef: {name: s}}]|spec.template.spec.containers[0].envFrom",
        "-|-|readinessProbe: {exec: {command: [x]}}|spec.template.spec.containers[0].readinessProbe",
        "-|-|resources: {limits: {nvidia.com/gpu: 1}}|spec.template.spec.containers[0].resources.limits[nvidia.com/gpu]",
        "-|-|securityContext: {runAsUser: 5}|spec.template.spec.containers[0].securityContext.runAsUser",
        "-|timeoutSeconds: 10, |-|spec.template.spec.timeoutSeconds",
        "-|containerConcurrency: 1, |-|spec.template.spec.containerConcurrency",
        "-|-|livenessProbe: {httpGet: {path: /}}|spec.template.spec.containers[0].livenessProbe",
        "-|-|readinessProbe: {httpGet: {path: /, port: 9000}}|spec.template.spec.containers[0].readinessProbe",
        "-|volumes: [{name: v, configMap: {name: c}}], |volumeMounts: [{name: v, mountPath: /x}]|spec.template.spec.containers[0].volumeMounts spec.template.spec.volumes",
        "autoscaling.knative.dev/metric: cpu|-|-|spec.template.metadata.annotations[autoscaling.knative.dev/metric]",
        "autoscaling.knative.dev/initial-scale: '2'|-|-|spec.template.metadata.annotations[autoscaling.knative.dev/initial-scale]"
      })
  void whatHasNoFormIsNamed(String annotations, String spec, String container, String paths) {
    OpenFaasForm.Result form =
        OpenFaasForm.of(service(SMALL.formatted(said(annotations), said(spec), said(container))));
    assertThat(form.missing()).containsExactlyInAnyOrder(paths.split(" "));
  }

  @Test
  void probesAndAccountsOfKnativeAreAnnotations() {
    OpenFaasForm.Result form =
        OpenFaasForm.of(
            service(
                SMALL.formatted(
                    "",
                    "serviceAccountName: robot, ",
                    "readinessProbe: {httpGet: {path: /r, port: 0}, successThreshold: 1,"
                        + " timeoutSeconds: 1, failureThreshold: 5, periodSeconds: 2},"
                        + " livenessProbe: {httpGet: {path: /l}, initialDelaySeconds: 7}")));
    assertThat(form.missing()).isEmpty();
    assertThat(form.function().annotations())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "com.openfaas.serviceaccount", "robot",
                "com.openfaas.ready.http.path", "/r",
                "com.openfaas.ready.http.failureThreshold", "5",
                "com.openfaas.ready.http.periodSeconds", "2",
                "com.openfaas.health.http.path", "/l",
                "com.openfaas.health.http.initialDelaySeconds", "7"));
  }

  @Test
  void splitTrafficAndSidecarsAreNamed() {
    assertThat(
            OpenFaasForm.of(
                    service(
                        FUNCTION.replace(
                            "[{latestRevision: true, percent: 100}]",
                            "[{revisionName: info-00001, percent: 100}]")))
                .missing())
        .containsExactly("spec.traffic");
    assertThat(
            OpenFaasForm.of(
                    service(SMALL.formatted("", "", "ports: [{containerPort: 8080}]}, {image: y")))
                .missing())
        .containsExactly("spec.template.spec.containers[1]");
  }

  @Test
  void aServiceThatTheClientGeneratedKeepsItsSecrets() {
    OpenFaasForm.Result form =
        OpenFaasForm.of(
            service(
                SMALL.formatted(
                    "",
                    "volumes: [{name: s1, secret: {secretName: s1}}], ",
                    "volumeMounts: [{name: s1, mountPath: /var/openfaas/secrets/s1,"
                        + " readOnly: true}]")));
    assertThat(form.missing()).isEmpty();
    assertThat(form.function().secrets()).containsExactly("s1");
  }

  @Test
  void whatAStackFileWouldReplaceIsNamed() {
    OpenFaasForm.Result form =
        OpenFaasForm.of(service(FUNCTION.replace("value: b}", "value: 'x${HOME}'}")));
    assertThat(OpenFaasDocument.unsayable(form.function()))
        .containsExactly("environment.A: a stack file would replace ${...} in it");
  }

  @Test
  void aManifestIsWithoutWhatServersAdd() {
    ObjectNode manifest = KnativeForm.of(service(FUNCTION));
    assertThat(manifest.propertyNames()).containsExactly("apiVersion", "kind", "metadata", "spec");
    assertThat(manifest.path("metadata").propertyNames())
        .containsExactly("name", "namespace", "labels", "annotations");
    assertThat(manifest.toString())
        .doesNotContain("creator", "deployed-at", "traffic")
        .contains("\"topic\":\"cron-function\"", "\"containers\"", "openfaas-secrets");
  }

  private static String said(String part) {
    return part.equals("-") ? "" : part;
  }

  private StackFunction read(StackFunction function) throws IOException {
    Path file = directory.resolve("stack.yml");
    Files.writeString(
        file, YamlWriter.write(OpenFaasDocument.stack(function, "http://localhost:8080")));
    StackFile stack = StackFile.read(file, Map.of("HOME", "/root"));
    assertThat(stack.gateway()).isEqualTo("http://localhost:8080");
    return stack.functions().getFirst();
  }

  private static KubernetesObject service(String yaml) {
    return new KubernetesObject((ObjectNode) YamlReader.readAll(yaml).getFirst());
  }
}

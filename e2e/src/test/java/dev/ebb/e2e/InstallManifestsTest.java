package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The steps by which people install other systems: their manifests are taken, and what they wait
/// for comes, where a part of Ebb does the work.
class InstallManifestsTest {
  private static final Platform PLATFORM = Platform.start();

  @BeforeAll
  static void install() {
    apply("serving-core").run().orFail();
    apply("kourier-nodeport").run().orFail();
    apply("openfaas").run().orFail();
  }

  @AfterAll
  static void stop() {
    PLATFORM.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"knative-serving", "kourier-system", "openfaas"})
  void whatEbbReplacesBecomesAvailable(String namespace) {
    PLATFORM
        .kubectl(
            "wait",
            "--for=condition=Available",
            "deploy",
            "--all",
            "-n",
            namespace,
            "--timeout=60s")
        .run()
        .orFail();
  }

  @Test
  void aRolloutOfWhatEbbReplacesIsDone() {
    assertThat(
            PLATFORM
                .kubectl("rollout", "status", "deploy/activator", "-n", "knative-serving")
                .run()
                .orFail()
                .out())
        .contains("successfully rolled out");
    assertThat(
            PLATFORM
                .kubectl("describe", "deploy", "activator", "-n", "knative-serving")
                .run()
                .orFail()
                .out())
        .contains("ReplacedByEbb");
  }

  /// What a patch of a ConfigMap of Knative's answers, and what it changes for the next Service.
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          config-defaults   | {"data":{"revision-timeout-seconds":"77"}}   | configmap/config-defaults patched
          config-defaults   | {"data":{"revision-timeout-seconds":"900"}}  | Error from server (BadRequest): admission webhook "config.webhook.serving.knative.dev" denied the request: validation failed: revision-timeout-seconds (900) cannot be greater than max-revision-timeout-seconds (600)
          config-autoscaler | {"data":{"stable-window":"2s"}}              | Error from server (BadRequest): admission webhook "config.webhook.serving.knative.dev" denied the request: validation failed: stable-window = 2s, must be in [6s; 1h0m0s] range
          config-domain     | {"data":{"_example":"x"}}                    | Error from server (BadRequest): admission webhook "config.webhook.serving.knative.dev" denied the request: validation failed: the update modifies a key in "_example" which is probably not what you want. Instead, copy the respective setting to the top-level of the ConfigMap, directly below "data"
          """)
  void settingsTakeEffectOrAreRefused(String configMap, String patch, String answer) {
    Command.Result result =
        PLATFORM
            .kubectl(
                "patch",
                "configmap",
                configMap,
                "-n",
                "knative-serving",
                "--type",
                "merge",
                "-p",
                patch)
            .run();
    assertThat((result.out() + result.err()).strip()).startsWith(answer);
    if (result.exitCode() == 0) {
      PLATFORM.write(
          "timeout.yaml",
          """
          apiVersion: serving.knative.dev/v1
          kind: Service
          metadata: {name: timeout}
          spec: {template: {spec: {containers: [{image: registry.invalid/none:1}]}}}
          """);
      PLATFORM.kubectl("apply", "-f", "timeout.yaml").run().orFail();
      assertThat(
              PLATFORM
                  .kubectl(
                      "get",
                      "ksvc",
                      "timeout",
                      "-o",
                      "jsonpath={.spec.template.spec.timeoutSeconds}")
                  .run()
                  .orFail()
                  .out())
          .isEqualTo("77");
      PLATFORM.kubectl("delete", "ksvc", "timeout").run().orFail();
    }
  }

  @Test
  void servicesAnswerAtTheNodePortOfTheIngress() {
    PLATFORM.write("hello.py", "def main(): return 'hello'");
    PLATFORM.ebb("deploy", "hello.py").run().orFail();
    String port = nodePort("kourier-system", "kourier", 0);
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(
                    PLATFORM
                        .curl(
                            "-s", "-H", "Host: hello.default.localhost", "http://127.0.0.1:" + port)
                        .run()
                        .out())
                .isEqualTo("hello"));
    String httpsPort = nodePort("kourier-system", "kourier", 1);
    assertThat(PLATFORM.curl("https://localhost:" + httpsPort).run().err())
        .contains("unrecognized name"); // who speaks TLS, and has no certificate yet
    assertThat(PLATFORM.kubectl("get", "deploy,rs,pods").run().orFail().out())
        .contains("replicaset.apps/hello-00001-deployment-");
    assertThat(PLATFORM.kubectl("get", "nodes").run().orFail().out()).contains("Ready");
  }

  private static String nodePort(String namespace, String service, int index) {
    return PLATFORM
        .kubectl("get", "svc", service, "-n", namespace, "-o")
        .with("jsonpath={.spec.ports[%d].nodePort}".formatted(index))
        .run()
        .orFail()
        .out();
  }

  /// And has the password that the server made, or the chart.
  @Test
  void openFaasAnswersAtItsNodePort() {
    String address = "http://127.0.0.1:" + nodePort("openfaas", "gateway-external", 0);
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(PLATFORM.curl("-s", address + "/healthz").run().out()).isEqualTo("OK"));
    assertThat(PLATFORM.curl("-s", address + "/system/info").run().out()).contains("invalid");
    String password =
        PLATFORM
            .kubectl("get", "secret", "basic-auth", "-n", "openfaas", "-o")
            .with("go-template={{index .data \"basic-auth-password\" | base64decode}}")
            .run()
            .orFail()
            .out();
    assertThat(PLATFORM.curl("-s", "-u", "admin:" + password, address + "/system/info").run().out())
        .contains("\"provider\"");
  }

  @Test
  void theSameManifestAgainChangesNothing() {
    assertThat(apply("kourier-nodeport").run().orFail().out().lines())
        .isNotEmpty()
        .allMatch(line -> line.endsWith("unchanged"));
  }

  @Test
  void aDeploymentWhoseImageIsNowhereSaysSo() {
    PLATFORM.write(
        "web.yaml",
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              containers: [{name: web, image: registry.invalid/web:1}]
        """);
    PLATFORM.kubectl("create", "-f", "web.yaml").run().orFail();

    var wait =
        PLATFORM
            .kubectl("wait", "--for=condition=Available=false", "deploy/web", "--timeout=60s")
            .run();
    assertThat(wait.exitCode()).isZero();
    assertThat(PLATFORM.kubectl("get", "deploy,rs,pods").run().orFail().out()).contains("0/1");
    assertThat(PLATFORM.kubectl("describe", "pods", "-l", "app=web").run().orFail().out())
        .contains("registry.invalid/web:1");
    PLATFORM.kubectl("delete", "deploy", "web").run().orFail();
    PLATFORM
        .kubectl("wait", "--for=delete", "pods", "-l", "app=web", "--timeout=60s")
        .run()
        .orFail();
  }

  private static Command apply(String manifest) {
    String name = manifest + ".yaml";
    try (var shape = InstallManifestsTest.class.getResourceAsStream("/install/" + name)) {
      PLATFORM.write(name, new String(shape.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PLATFORM.kubectl("apply", "-f", name);
  }
}

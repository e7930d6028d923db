package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// The README's commands in their order, typed by a user with one server.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TranscriptTest {
  private static Platform platform;

  @BeforeAll
  static void up() {
    platform = Platform.start();
  }

  @AfterAll
  static void down() {
    platform.close();
  }

  @Test
  @Order(1)
  void statusTellsWhereTheServerListens() {
    Command.Result status = platform.ebb("status").run().orFail();

    assertThat(status.out()).contains("Ebb 0.1.0 runs", platform.gateway(), "kubeconfig");
  }

  @Test
  @Order(2)
  void deployMakesAFunctionAndPrintsItsUrls() {
    Command.Result deploy =
        platform.ebb("deploy", Platform.HOME + "/examples/python/hello.py").run().orFail();

    assertThat(deploy.out())
        .contains("function hello created and ready")
        .contains("http://hello.default.localhost:" + platform.gatewayPort())
        .contains(platform.gateway() + "/function/hello");
  }

  @Test
  @Order(3)
  void curlReachesItByNameAndByPath() {
    String name = "http://hello.default.localhost:" + platform.gatewayPort() + "/";
    assertThat(platform.curl(name).run().orFail().out()).contains("Hello");
    assertThat(platform.curl(platform.gateway() + "/function/hello").run().orFail().out())
        .contains("Hello");
  }

  @Test
  @Order(3)
  void theLoopbackAddressOfIpv6AnswersToo() {
    String url = "http://[::1]:" + platform.gatewayPort() + "/function/hello";
    assertThat(platform.curl("--globoff", url).run().orFail().out()).contains("Hello");
  }

  @Test
  @Order(4)
  void invokeSendsABody() {
    Command.Result invoke = platform.ebb("invoke", "hello", "-d", "Ada").run().orFail();

    assertThat(invoke.out()).contains("Hello");
  }

  @Test
  @Order(5)
  void kubectlShowsTheKindsWithTheirRealColumns() {
    assertThat(platform.kubectl("get", "ksvc").run().orFail().out())
        .containsPattern("NAME +URL +LATESTCREATED +LATESTREADY +READY +REASON")
        .containsPattern(
            "hello +http://hello.default.localhost:\\d+ +hello-00001 +hello-00001 +True");
    assertThat(platform.kubectl("get", "revisions").run().orFail().out())
        .containsPattern(
            "NAME +CONFIG NAME +GENERATION +READY +REASON +ACTUAL REPLICAS +DESIRED REPLICAS")
        .containsPattern("hello-00001 +hello +1 +True");
    assertThat(platform.kubectl("get", "routes").run().orFail().out())
        .containsPattern("NAME +URL +READY +REASON");
    assertThat(platform.kubectl("get", "configurations").run().orFail().out())
        .containsPattern("NAME +LATESTCREATED +LATESTREADY +READY +REASON");
    assertThat(platform.kubectl("get", "pods").run().orFail().out())
        .containsPattern("NAME +READY +STATUS +RESTARTS +AGE")
        .containsPattern("hello-00001-deployment-[0-9a-f]{10}-[a-z0-9]{5} +1/1 +Running +0");
    assertThat(platform.kubectl("get", "ksvc", "hello", "-o", "yaml").run().orFail().out())
        .contains("image: function.ebb.dev/default/hello@sha256:");
    assertThat(platform.kubectl("describe", "ksvc", "hello").run().orFail().out())
        .contains("Kind:         Service");
  }

  @Test
  @Order(6)
  void kubectlDeletePodStopsTheInstanceAndTheFunctionStillAnswers() {
    String pod =
        platform
            .kubectl("get", "pods", "-o", "jsonpath={.items[0].metadata.name}")
            .run()
            .orFail()
            .out();

    platform.kubectl("delete", "pod", pod).run().orFail();

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.kubectl("get", "pods").run().orFail().out()).doesNotContain(pod));
    assertThat(platform.curl(platform.gateway() + "/function/hello").run().orFail().out())
        .contains("Hello");
  }

  @Test
  @Order(7)
  void logsShowWhatTheFunctionWrote() {
    platform.write("talk.py", "def main():\n    print('I was called')\n    return 'ok'\n");
    platform.ebb("deploy", "talk.py").run().orFail();
    platform.ebb("invoke", "talk").run().orFail();

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.ebb("logs", "talk").run().orFail().out()).contains("I was called"));
    String pod =
        platform
            .kubectl("get", "pods", "-l", "serving.knative.dev/service=talk", "-o", "name")
            .run()
            .orFail()
            .out()
            .strip();
    assertThat(platform.kubectl("logs", pod).run().orFail().out()).contains("I was called");
  }

  @Test
  @Order(8)
  void aNewVersionReplacesTheOld() {
    platform.write("talk.py", "def main():\n    return 'second version'\n");

    Command.Result deploy = platform.ebb("deploy", "talk.py").run().orFail();

    assertThat(deploy.out()).contains("function talk updated and ready");
    assertThat(platform.ebb("invoke", "talk").run().orFail().out()).contains("second version");
    assertThat(platform.kubectl("get", "revisions").run().orFail().out()).contains("talk-00002");
  }

  @Test
  @Order(9)
  void applyTakesAKnativeServiceAndTellsWhyAContainerImageDoesNotRun() {
    platform.write(
        "service.yaml",
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: helloworld-go
        spec:
          template:
            spec:
              containers:
                - image: gcr.io/knative-samples/helloworld-go
                  env:
                    - name: TARGET
                      value: World
        """);

    assertThat(platform.ebb("apply", "-f", "service.yaml").run().orFail().out())
        .contains("service.serving.knative.dev/helloworld-go created");
    assertThat(platform.kubectl("apply", "-f", "service.yaml").run().orFail().out())
        .containsAnyOf("unchanged", "configured");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.kubectl("get", "ksvc", "helloworld-go").run().orFail().out())
                .contains("False"));
    platform.kubectl("delete", "-f", "service.yaml").run().orFail();
    assertThat(platform.kubectl("get", "ksvc", "helloworld-go").run().err()).contains("NotFound");
  }

  @Test
  @Order(9)
  void theExamplesOfManifestsWorkAsTheirHeadersSay() {
    platform.ebb("apply", "-f", Platform.HOME + "/examples/function.yaml").run().orFail();
    platform.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "fn/greeter").run().orFail();
    platform
        .kubectl("apply", "-f", Platform.HOME + "/examples/knative/service.yaml")
        .run()
        .orFail();
    platform
        .kubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksvc/greeter-pinned")
        .run()
        .orFail();

    assertThat(platform.curl(platform.gateway() + "/function/greeter?name=Ada").run().out())
        .isEqualTo("Hello, Ada!\n");
    assertThat(platform.curl(platform.gateway() + "/function/greeter-pinned").run().out())
        .isEqualTo("Hi, World!\n");
    platform.kubectl("delete", "ksvc", "greeter-pinned").run().orFail();
    platform.ebb("delete", "greeter").run().orFail();
  }

  @Test
  @Order(9)
  void serverSideApplyMakesAndChangesAFunction() {
    platform.write(
        "greet.yaml",
        """
        apiVersion: ebb.dev/v1
        kind: Function
        metadata:
          name: greet
        spec:
          runtime: nodejs
          env:
            - name: WORD
              value: Hi
          source:
            inline: "module.exports = async () => process.env.WORD;"
        """);
    for (String word : new String[] {"Hi", "Hello"}) {
      platform.write(
          "greet.yaml", platform.read("greet.yaml").replaceFirst("value: \\w+", "value: " + word));
      platform.kubectl("apply", "--server-side", "-f", "greet.yaml").run().orFail();
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(platform.curl(platform.gateway() + "/function/greet").run().out())
                  .isEqualTo(word));
    }
    platform.kubectl("delete", "function.ebb.dev", "greet").run().orFail();
  }

  @Test
  @Order(9)
  void kubectlWatchesAServiceComeToLife() throws Exception {
    Process watch = platform.kubectl("get", "ksvc", "-w", "--output-watch-events").start();
    try {
      platform.write("watched.py", "def main():\n    return 'x'\n");
      platform.ebb("deploy", "watched.py").run().orFail();
      platform.ebb("delete", "watched").run().orFail();
      StringBuilder seen = new StringBuilder();
      var lines = watch.inputReader();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        seen.append(line).append('\n');
        if (line.matches("DELETED +watched .*")) {
          break;
        }
      }
      assertThat(seen.toString())
          .containsPattern("ADDED +watched ")
          .containsPattern("MODIFIED +watched +http://watched.default.localhost:\\d+ .* True");
    } finally {
      watch.destroyForcibly();
    }
  }

  @Test
  @Order(10)
  void listAndDescribeTellAboutFunctions() {
    assertThat(platform.ebb("ls").run().orFail().out())
        .containsPattern("NAME +RUNTIME +READY +INSTANCES +AGE +URL")
        .containsPattern("hello +python +True");
    assertThat(platform.ebb("describe", "hello").run().orFail().out())
        .contains("Name:       hello", "Conditions:", "Ready", "Revisions:", "hello-00001");
  }

  @Test
  @Order(11)
  void metricsAreInPrometheusFormat() {
    assertThat(platform.curl(platform.metricsUrl() + "/metrics").run().orFail().out())
        .contains("# TYPE ebb_gateway_requests_total counter")
        .contains("# TYPE ebb_gateway_request_duration_seconds histogram");
  }

  @Test
  @Order(12)
  void deleteRemovesTheFunctionAndAllThatItMade() {
    assertThat(platform.ebb("delete", "talk").run().orFail().out()).contains("talk deleted");

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(
                    platform
                        .kubectl("get", "ksvc,revisions,routes,configurations,pods")
                        .run()
                        .out())
                .doesNotContain("talk"));
    Command.Result gone =
        platform.curl("-w", "%{http_code}", platform.gateway() + "/function/talk").run().orFail();
    assertThat(gone.out()).startsWith("error finding function talk").endsWith("404");
  }
}

package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `autodetect-http2` of `config-features`, for ports without a name.
@ExtendWith(SharedPlatform.class)
@Timeout(90)
class ProtocolDetectionTest {
  private static final String NAMESPACE = "detection";
  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: %s}
      spec:
        template:
          spec:
            containers:
            - image: %s
              ports: [{%scontainerPort: 8080}]
      ---
      """;

  private static SharedPlatform.Shared shared;

  @BeforeAll
  static void start(SharedPlatform.Shared platform) {
    LookAlikes.needRoot();
    shared = platform;
    shared.namespace(NAMESPACE);
    feature("Enabled");
    Platform server = shared.platform();
    LookAlikes.load(server, LookAlikes.image(server, RandomService.IMAGE, "lookalike", "count"));
    server.write(
        "detection.yaml",
        SERVICE.formatted("either", RandomService.IMAGE, "")
            + SERVICE.formatted("changes", RandomService.IMAGE, "")
            + SERVICE.formatted("named", RandomService.IMAGE, "name: http1, ")
            // A function: its runtime speaks HTTP/1.1 alone.
            + SERVICE.formatted("one", shared.image(), ""));
    server.kubectl("-n", NAMESPACE, "apply", "-f", "detection.yaml").run().orFail();
    server
        .kubectl("-n", NAMESPACE, "wait", "--for=condition=Ready", "--timeout=60s", "ksvc", "--all")
        .run()
        .orFail();
  }

  @AfterAll
  static void stop() {
    if (shared != null) {
      feature("Disabled");
    }
  }

  @ParameterizedTest
  @CsvSource({"either, HTTP/2.0", "named, HTTP/1.1", "one, Hello"})
  void anInstanceIsSpokenToInTheBestThatItUnderstands(String service, String answer) {
    assertThat(call(service)).contains(answer);
  }

  @Test
  void aFlagThatIsTakenBackCountsForNewInstances() {
    assertThat(call("changes")).contains("HTTP/2.0");
    feature("Disabled");
    try {
      String pods = "serving.knative.dev/service=changes";
      shared.platform().kubectl("-n", NAMESPACE, "delete", "pods", "-l", pods).run().orFail();
      Awaitility.await().untilAsserted(() -> assertThat(call("changes")).contains("HTTP/1.1"));
    } finally {
      feature("Enabled");
    }
  }

  private static String call(String service) {
    String host = "Host: " + service + "." + NAMESPACE + ".localhost";
    return shared.platform().curl("-H", host, shared.platform().gateway()).run().orFail().out();
  }

  private static void feature(String value) {
    shared.platform().configure("config-features", "autodetect-http2", value);
  }
}

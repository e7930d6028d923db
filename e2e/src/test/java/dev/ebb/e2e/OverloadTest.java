package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// A service that may not have as many instances as it needs, and one that needs its first.
@ExtendWith(SharedPlatform.class)
@Timeout(90)
class OverloadTest {
  private static final String NAMESPACE = "overload";
  private static final int FLOOD = 12;

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: %s}
      spec:
        template:
          metadata:
            annotations:
              autoscaling.knative.dev/initial-scale: "0"
              autoscaling.knative.dev/max-scale: "1"
          spec:
            containerConcurrency: 1
            containers: [{image: %s}]
      ---
      """;

  private static Platform platform;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    LookAlikes.needRoot();
    platform = shared.platform();
    shared.namespace(NAMESPACE);
    LookAlikes.load(
        platform, LookAlikes.image(platform, RandomService.IMAGE, "lookalike", "count"));
    platform.write(
        "overload.yaml",
        SERVICE.formatted("flood", RandomService.IMAGE)
            + SERVICE.formatted("calm", RandomService.IMAGE));
    kubectl("apply", "-f", "overload.yaml");
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksvc", "--all");
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      kubectl("delete", "ksvc", "--all", "--wait=false");
    }
  }

  @Test
  void aServiceIsStartedAndAnswersWhileAnotherHasMoreThanItCanDo() {
    List<Process> clients = new ArrayList<>();
    try {
      for (int i = 0; i < FLOOD; i++) {
        clients.add(curl("flood", "5s").start("flood.out"));
      }
      Awaitility.await()
          .untilAsserted(() -> {
            assertThat(flood().path("inFlight").asInt()).isEqualTo(1);
            assertThat(flood().path("queued").asInt()).isEqualTo(FLOOD - 1);
          });

      assertThat(curl("calm", "0s").run().orFail().out()).startsWith("calm-00001 ");

      JsonNode then = flood();
      assertThat(then.path("actualReplicas").asInt()).as(then::toString).isEqualTo(1);
      assertThat(then.path("queued").asInt()).as(then::toString).isPositive();
      assertThat(then.path("errors").asInt()).as(then::toString).isZero();
    } finally {
      clients.forEach(Process::destroyForcibly);
    }
  }

  private static JsonNode flood() {
    return new ApiSocket(platform)
        .get("/ebb/scaling?namespace=" + NAMESPACE + "&service=flood")
        .at("/revisions/0");
  }

  private static Command curl(String service, String delay) {
    String host = "Host: " + service + "." + NAMESPACE + ".localhost";
    return platform.curl("--fail", "-H", host, platform.gateway() + "/?delay=" + delay);
  }

  private static void kubectl(String... words) {
    platform.kubectl("-n", NAMESPACE).with(words).run().orFail();
  }
}

package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// To zero and back, up under load, and never an error because of it.
class ScaleTest {
  private Platform platform = Platform.start();

  @BeforeEach
  void running() {
    assertThat(platform.alive()).isTrue();
  }

  @AfterEach
  void stop() {
    platform.close();
  }

  private void apply(String name, int concurrency, String seconds) {
    // Six seconds is the shortest stable window that Knative allows.
    platform.write(
        name + ".yaml",
        """
        apiVersion: ebb.dev/v1
        kind: Function
        metadata:
          name: %s
        spec:
          runtime: python
          concurrency: %d
          scaling:
            window: 6s
          source:
            inline: |
              import time, os
              def main():
                  time.sleep(%s)
                  return str(os.getpid())
        """
            .formatted(name, concurrency, seconds));
    platform.ebb("apply", "-f", name + ".yaml").run().orFail();
    // Its Service is made a moment later, and kubectl waits only for what is there.
    platform.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "fn/" + name).run().orFail();
  }

  private String pods() {
    return platform.kubectl("get", "pods").run().orFail().toString();
  }

  private String replicas(String deployment) {
    return platform
        .kubectl("get", "deployment", deployment, "-o", "jsonpath={.spec.replicas}")
        .run()
        .orFail()
        .out();
  }

  @Test
  void anIdleFunctionGoesToZeroAndComesBackOnTheNextRequest() {
    apply("sleeper", 0, "0");
    assertThat(platform.curl(platform.gateway() + "/function/sleeper").run().orFail().out())
        .matches("\\d+");

    Awaitility.await("scaled to zero")
        .untilAsserted(
            () -> assertThat(pods()).contains("No resources found in default namespace."));
    Awaitility.await()
        .untilAsserted(() -> assertThat(replicas("sleeper-00001-deployment")).isEqualTo("0"));
    assertThat(platform.kubectl("get", "ksvc", "sleeper").run().orFail().out()).contains("True");
    assertThat(platform.ebb("logs", "sleeper").run().exitCode()).isZero();

    assertThat(platform.curl(platform.gateway() + "/function/sleeper").run().orFail().out())
        .matches("\\d+");
    Awaitility.await().untilAsserted(() -> assertThat(pods()).containsPattern("1/1 +Running"));
  }

  @Test
  void loadThatComesAndGoesNeverSeesAnErrorOfScaling() {
    apply("busy", 2, "0.02");
    URI url = URI.create(platform.gateway() + "/function/busy");

    // Bursts with pauses around the window, so that instances come, drain and go all the time.
    for (int round = 0; round < 3; round++) {
      assertThat(Load.atOnce(url, 30)).allMatch(status -> status == 200);
      try (Load load = Load.on(url, 12, Duration.ofMillis(5))) {
        Awaitility.await().until(() -> load.answered() > 300 || !load.failures().isEmpty());
        load.end();
        assertThat(load.failures()).isEmpty();
      }
      assertThat(pods()).containsPattern("busy-00001-deployment-\\w+-\\w+ +1/1 +Running");
    }
    try (Load trickle = Load.on(url, 1, Duration.ofMillis(200))) {
      Awaitility.await("fewer instances again")
          .until(
              () -> !trickle.failures().isEmpty() || replicas("busy-00001-deployment").equals("1"));
      trickle.end();
      assertThat(trickle.failures()).isEmpty();
    }
  }

  @Test
  void aRolloutUnderLoadLosesNoRequest() {
    apply("rolling", 4, "0.01");
    URI url = URI.create(platform.gateway() + "/function/rolling");

    try (Load load = Load.on(url, 8, Duration.ofMillis(2))) {
      for (int version = 0; version < 4; version++) {
        apply("rolling", 4, "0.01" + version);
      }
      Awaitility.await().until(() -> load.answered() > 500);
      load.end();
      assertThat(load.failures()).isEmpty();
    }
  }

  @Test
  void loadShowsHowAServiceIsScaledAndTheDecisionsAreToldInWords() {
    apply("seen", 1, "0.05");

    Command.Result load = platform.ebb("load", "seen", "-c", "4", "-t", "5").run().orFail();

    assertThat(load.out())
        .containsPattern("Load on http://localhost:\\d+/function/seen: 4 connections, 5 s")
        .containsPattern("(?m)^4s +\\d+ .* seen-00001 \\d+")
        .containsPattern("(?m)^ +answers +200: \\d+$")
        .containsPattern("(?m)^ +instances +at most seen-00001: [1-9]");
    assertThat(platform.ebb("describe", "seen").run().orFail().out())
        .containsPattern("(?m)^  seen-00001: \\d+ ready of \\d+; ")
        .containsPattern(
            "1 -> [2-9]  panic: .* requests in flight on average over [16] s, 0.7 per instance: [2-9] wanted")
        .containsPattern("0 -> 1  raised to initial-scale 1");
    assertThat(platform.ebb("top", "--once").run().orFail().out())
        .containsPattern("(?m)^REVISION +INSTANCES +REQ/S +P50 ")
        .containsPattern("(?m)^seen-00001 +\\d+/\\d+ +\\d");
  }

  @Test
  void aServiceIsScaledByWhatItsInstancesUse() {
    apply("code", 0, "0");
    String image =
        platform
            .kubectl(
                "get", "ksvc", "code", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
            .run()
            .orFail()
            .out();
    platform.write(
        "weighed.yaml",
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata: {name: weighed}
        spec:
          template:
            metadata:
              annotations:
                autoscaling.knative.dev/class: hpa.autoscaling.knative.dev
                autoscaling.knative.dev/metric: memory
                autoscaling.knative.dev/target: "1"
                autoscaling.knative.dev/max-scale: "2"
            spec:
              containers: [{image: %s}]
        """
            .formatted(image));
    platform.kubectl("apply", "-f", "weighed.yaml").run().orFail();
    platform
        .kubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksvc/weighed")
        .run()
        .orFail();

    // It looks every fifteen seconds, and when somebody changes it.
    platform.kubectl("annotate", "hpa", "weighed-00001", "look=now").run().orFail();
    Awaitility.await()
        .untilAsserted(() -> assertThat(replicas("weighed-00001-deployment")).isEqualTo("2"));
    // What it says of itself follows what it does.
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(platform.kubectl("get", "hpa").run().orFail().out())
              .containsPattern("NAME +REFERENCE +TARGETS +MINPODS +MAXPODS +REPLICAS +AGE")
              .containsPattern(
                  "weighed-00001 +Deployment/weighed-00001-deployment +memory: \\d+/1Mi +1 +2 +[12] ");
          assertThat(platform.ebb("describe", "weighed").run().orFail().out())
              .containsPattern(
                  "1 -> 2  memory at \\d+\\w* per instance on average, target 1Mi: \\d+ wanted, limited by");
          assertThat(platform.kubectl("describe", "hpa", "weighed-00001").run().orFail().out())
              .containsPattern("ScalingLimited +True +TooManyReplicas")
              .contains("New size: 2; reason: memory resource above target");
        });
  }

  @Test
  void whoEndsTheLoadEarlyGetsItsSummary() throws InterruptedException {
    apply("ended", 0, "0");
    String ebb = Platform.HOME.resolve("ebb").toString();
    Process load =
        platform
            .command("env", "--default-signal=INT", ebb, "load", "ended", "-t", "600")
            .start("load.out");
    Awaitility.await().until(() -> platform.read("load.out").contains("\n1s "));
    platform.command("kill", "-INT", Long.toString(load.pid())).run().orFail();

    assertThat(load.waitFor()).isEqualTo(130);
    assertThat(platform.read("load.out"))
        .containsPattern("\\d+ requests in \\d+\\.\\d s: .* 0 errors");
  }
}

package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// The server is killed with -9 and started again.
class CrashTest {
  /// So many kills in the suite; `./ebb verify --long` does 100.
  private static final int KILLS = Boolean.getBoolean("ebb.long") ? 100 : 4;

  @Test
  void killingTheServerDuringWritesLosesNoAcknowledgedObject() {
    try (Platform platform = Platform.start()) {
      Set<String> acknowledged = ConcurrentHashMap.newKeySet();
      for (int kill = 0; kill < KILLS; kill++) {
        int round = kill;
        Phaser writers = new Phaser(1);
        for (int writer = 0; writer < 4; writer++) {
          int number = writer;
          writers.register();
          Thread.ofVirtual()
              .start(() -> {
                write(platform, "round-%d-%d".formatted(round, number), acknowledged);
                writers.arriveAndDeregister();
              });
        }
        int before = acknowledged.size();
        Awaitility.await()
            .pollInterval(Duration.ofMillis(5))
            .until(() -> acknowledged.size() > before + 20);
        platform.kill();
        writers.arriveAndAwaitAdvance();
        platform.startAgain();
        assertThat(names(platform)).containsAll(acknowledged);
      }
    }
  }

  private static void write(Platform platform, String prefix, Set<String> acknowledged) {
    java.nio.file.Path socket =
        java.nio.file.Path.of(platform.record().path("apiSocket").asString());
    for (int object = 0; object < 2000; object++) {
      String name = prefix + "-" + object;
      String body =
          "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\"},\"data\":{\"a\":\"b\"}}"
              .formatted(name);
      try (var response =
          dev.ebb.cli.HttpClient.send(
              java.net.UnixDomainSocketAddress.of(socket),
              new dev.ebb.cli.HttpClient.Request(
                  "POST",
                  "/api/v1/namespaces/default/configmaps",
                  "localhost",
                  java.util.Map.of("Content-Type", "application/json"),
                  body.getBytes(java.nio.charset.StandardCharsets.UTF_8)))) {
        if (response.status() == 201) {
          acknowledged.add(name);
        }
      } catch (java.io.IOException e) {
        return; // The server is gone: what was not answered may be there or not.
      }
    }
  }

  private static List<String> names(Platform platform) {
    return List.of(
        platform
            .kubectl("get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}")
            .run()
            .orFail()
            .out()
            .split(" "));
  }

  @Test
  void aServerThatWasKilledAdoptsItsInstancesAndServesThroughThem() {
    try (Platform platform = Platform.start()) {
      platform.write(
          "who.py", "import uuid\nprocess = str(uuid.uuid4())\ndef main():\n    return process\n");
      platform.ebb("deploy", "who.py", "--scale-min", "1").run().orFail();
      String before = platform.ebb("invoke", "who").run().orFail().out();
      long pid = platform.instancePid();

      platform.kill();
      assertThat(ProcessHandle.of(pid)).as("the instance lives on").isPresent();
      platform.startAgain();

      String after = platform.ebb("invoke", "who").run().orFail().out();
      assertThat(after).as("the same process answers").isEqualTo(before);
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(platform.kubectl("get", "pods").run().orFail().out())
                  .containsPattern("who-00001-deployment-\\w+-\\w+ +1/1 +Running"));
      platform.ebb("delete", "who").run().orFail();
      Awaitility.await().until(() -> ProcessHandle.of(pid).isEmpty());
    }
  }

  @Test
  void adoptionUnderLoadLosesNothingButTheBrokenConnections() {
    List<String> failures = new ArrayList<>();
    int port = freePort();
    try (Platform platform = Platform.start("--port=" + port)) {
      platform.write(
          "busy.py", "import time\ndef main():\n    time.sleep(0.005)\n    return 'ok'\n");
      platform.ebb("deploy", "busy.py", "--scale-min", "2").run().orFail();
      URI url = URI.create(platform.gateway() + "/function/busy");
      try (Load load = Load.on(url, 6, Duration.ofMillis(5))) {
        for (int kill = 0; kill < 2; kill++) {
          long before = load.answered();
          Awaitility.await().until(() -> load.answered() > before + 100);
          load.connectionsMayBreak(true);
          platform.kill();
          platform.startAgain();
          long after = load.answered();
          Awaitility.await().until(() -> load.answered() > after + 50);
          load.connectionsMayBreak(false);
        }
        failures.addAll(load.failures());
      }
    }
    assertThat(failures).isEmpty();
  }

  private static int freePort() {
    try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

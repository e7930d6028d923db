package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Starting and stopping, and what a user does wrong.
class OperationTest {
  @Test
  void aPortInUseIsToldAndNothingIsLeftRunning() throws IOException {
    try (Platform platform = Platform.start();
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      List<String> options = List.of("--port", "--api-port", "--metrics-port");
      for (String option : options) {
        Command up = platform.ebb("up", "--data-dir", platform.root().resolve("other").toString());
        for (String other : options) {
          up = up.with(other, other.equals(option) ? port : "0");
        }
        Command.Result result = up.run();

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(port, "in use", option).doesNotContain("Exception");
      }
    }
  }

  @Test
  void aSecondServerOnTheSameDataIsRefused() {
    try (Platform platform = Platform.start()) {
      Command.Result up = platform.ebb("up", "--port=0", "--api-port=0", "--metrics-port=0").run();

      assertThat(up.exitCode()).isEqualTo(1);
      assertThat(up.err()).contains("another Ebb server", "ebb stop");
      assertThat(platform.ebb("status").run().exitCode()).isZero();
    }
  }

  @Test
  void dataOfANewerVersionIsRefusedAndLeftAsItIs() throws IOException {
    try (Platform platform = Platform.start()) {
      Path data = Files.createDirectory(platform.root().resolve("newer"));
      Files.writeString(data.resolve("version"), "999\n");

      Command.Result up = platform.ebb("up", "--data-dir", data.toString()).run();

      assertThat(up.exitCode()).isEqualTo(1);
      assertThat(up.err()).contains("newer Ebb");
      try (Stream<Path> files = Files.list(data)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("version", "lock");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "HUP", "INT"})
  void aSignalDrainsAndStopsWithAllInstances(String signal) throws Exception {
    try (Platform platform = Platform.start()) {
      platform.write("who.py", "def main():\n    return 'me'\n");
      platform.ebb("deploy", "who.py").run().orFail();
      platform.ebb("invoke", "who").run().orFail();
      long instance = platform.instancePid();

      signal(platform, signal);

      Awaitility.await().until(() -> !platform.alive());
      Awaitility.await().until(() -> ProcessHandle.of(instance).isEmpty());
      assertThat(platform.output()).contains("Draining", "Stopped.");
      assertThat(platform.ebb("status").run().exitCode()).isEqualTo(3);
    }
  }

  @Test
  void aSecondSignalStopsAtOnceThoughARequestIsInFlight() throws Exception {
    try (Platform platform = Platform.start()) {
      platform.write(
          "slow.py",
          """
          import time
          def main(request):
              if request.path == '/slow': time.sleep(300)
              return 'quick'
          """);
      platform.ebb("deploy", "slow.py").run().orFail();
      platform.ebb("invoke", "slow").run().orFail();
      long instance = platform.instancePid();
      Process call = platform.curl(platform.gateway() + "/function/slow/slow").start();
      try {
        Awaitility.await()
            .until(() ->
                platform
                    .curl(platform.metricsUrl() + "/metrics")
                    .run()
                    .orFail()
                    .out()
                    .lines()
                    .anyMatch(line -> line.matches("ebb_gateway_in_flight\\{.*slow.*} 1\\.0")));
        signal(platform, "INT");
        Awaitility.await().until(() -> platform.output().contains("Draining"));
        assertThat(platform.alive()).as("it drains").isTrue();

        signal(platform, "INT");

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !platform.alive());
        Awaitility.await().until(() -> ProcessHandle.of(instance).isEmpty());
      } finally {
        call.destroyForcibly();
      }
    }
  }

  private static void signal(Platform platform, String signal) throws Exception {
    new ProcessBuilder("kill", "-" + signal, Long.toString(platform.pid())).start().waitFor();
  }

  @Test
  void stopWaitsUntilTheServerHasEndedAndARestartKnowsItsFunctions() {
    try (Platform platform = Platform.start()) {
      platform.ebb("deploy", Platform.HOME + "/examples/python/hello.py").run().orFail();

      platform.ebb("stop").run().orFail();
      assertThat(platform.alive()).isFalse();
      platform.startAgain();

      assertThat(platform.ebb("invoke", "hello").run().orFail().out()).contains("Hello");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown field | apiVersion: ebb.dev/v1~kind: Function~metadata: {name: x}~spec: {runtime: python, colour: red, source: {inline: x}} | unknown field \"spec.colour\"",
        "wrong type | apiVersion: serving.knative.dev/v1~kind: Service~metadata: {name: x}~spec: {template: {spec: {containerConcurrency: many, containers: [{image: i}]}}} | containerConcurrency",
        "no source | apiVersion: ebb.dev/v1~kind: Function~metadata: {name: x}~spec: {runtime: python} | spec.source",
        "unknown kind | apiVersion: ebb.dev/v1~kind: Nothing~metadata: {name: x} | no kind \"Nothing\"",
        "bad name | apiVersion: ebb.dev/v1~kind: Function~metadata: {name: X_Y}~spec: {runtime: python, source: {inline: x}} | X_Y",
        "not YAML | a: [1 | line",
        "bad annotation | apiVersion: serving.knative.dev/v1~kind: Service~metadata: {name: x}~spec: {template: {metadata: {annotations: {autoscaling.knative.dev/max-scale: lots}}, spec: {containers: [{image: i}]}}} | max-scale"
      })
  void aBadManifestIsToldAndChangesNothing(String name, String manifest, String told) {
    BadInput.PLATFORM.write("bad.yaml", manifest.replace("~", "\n"));

    Command.Result apply = BadInput.PLATFORM.ebb("apply", "-f", "bad.yaml").run();

    assertThat(apply.exitCode()).as(apply.toString()).isEqualTo(1);
    assertThat(apply.err()).contains(told).doesNotContain("at dev.ebb");
    assertThat(BadInput.PLATFORM.kubectl("get", "ksvc,functions.ebb.dev").run().orFail().toString())
        .contains("No resources found");
  }

  /// One server for all rows, stopped when the tests end.
  private static final class BadInput {
    static final Platform PLATFORM = Platform.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(PLATFORM::close));
    }
  }

  @Test
  void aRevisionsSpecCannotBeChanged() {
    try (Platform platform = Platform.start()) {
      platform.ebb("deploy", Platform.HOME + "/examples/python/hello.py").run().orFail();

      Command.Result patch =
          platform
              .kubectl(
                  "patch",
                  "revision",
                  "hello-00001",
                  "--type",
                  "merge",
                  "-p",
                  "{\"spec\":{\"containerConcurrency\":5}}")
              .run();

      assertThat(patch.exitCode()).isEqualTo(1);
      assertThat(patch.err()).contains("mmutable");
    }
  }

  @Test
  void aVersionThatDoesNotStartIsToldAndTheOneBeforeServes() {
    try (Platform platform = Platform.start()) {
      platform.write("f.py", "def main():\n    return 'good'\n");
      platform.ebb("deploy", "f.py").run().orFail();
      platform.write("f.py", "def main(:\n");

      Command.Result deploy = platform.ebb("deploy", "f.py").run();

      assertThat(deploy.exitCode()).isEqualTo(1);
      assertThat(deploy.err()).contains("SyntaxError");
      assertThat(platform.ebb("invoke", "f").run().orFail().out()).contains("good");
    }
  }
}

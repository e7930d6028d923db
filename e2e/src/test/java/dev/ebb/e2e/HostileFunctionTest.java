package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Functions that do what functions should not: the platform stays right and says what happened.
class HostileFunctionTest {
  private static Platform platform;

  @BeforeAll
  static void up() {
    platform = Platform.start();
  }

  @AfterAll
  static void down() {
    platform.close();
  }

  private static void deploy(String file, String source, String... options) {
    platform.write(file, source);
    platform.ebb("deploy", file).with(options).run().orFail();
  }

  private static String call(String path) {
    return platform
        .curl("-w", " %{http_code}", platform.gateway() + "/function/" + path)
        .run()
        .out();
  }

  @Test
  void anExceptionIsA500WithTheStackInTheLogAndNotInTheAnswer() {
    deploy("raises.py", "def main():\n    secret = 'hunter2'\n    raise ValueError('bad day')\n");

    assertThat(call("raises")).endsWith(" 500").doesNotContain("Traceback");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.ebb("logs", "raises").run().orFail().out())
                .contains("Traceback", "ValueError: bad day"));
  }

  @Test
  void aProcessThatEndsItselfIsReplacedAndItsExitCodeIsTold() {
    deploy(
        "exits.py",
        "import os\ndef main(request):\n    if request.path == '/die': os._exit(7)\n    return 'alive'\n");
    assertThat(call("exits")).isEqualTo("alive 200");

    assertThat(call("exits/die")).endsWith(" 502").contains("UpstreamFailed");

    Awaitility.await().untilAsserted(() -> assertThat(call("exits")).isEqualTo("alive 200"));
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.kubectl("get", "events").run().orFail().out())
                .containsPattern("\\b7\\b"));
  }

  @Test
  void anUnhandledRejectionIsToldInTheLogAndTheFunctionAnswersOn() {
    deploy(
        "rejects.js",
        "module.exports = async () => { Promise.reject(new Error('nobody waits')); return 'ok'; };\n");

    call("rejects");

    Awaitility.await().untilAsserted(() -> assertThat(call("rejects")).endsWith("ok 200"));
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(platform.ebb("logs", "rejects").run().orFail().out())
                .contains("nobody waits"));
  }

  @Test
  void aFloodOfOutputFillsNoDisk() throws Exception {
    deploy(
        "flood.py",
        """
        import sys
        def main():
            line = 'x' * 999 + '\\n'
            for _ in range(100_000):
                sys.stdout.write(line)
            return 'flooded'
        """);

    assertThat(call("flood")).isEqualTo("flooded 200");

    Awaitility.await()
        .untilAsserted(() -> {
          String used =
              new Command(
                      java.util.List.of(
                          "du", "-sm", platform.dataDirectory().resolve("logs").toString()),
                      java.util.Map.of(),
                      platform.root())
                  .run()
                  .orFail()
                  .out();
          assertThat(Integer.parseInt(used.split("\t")[0])).isLessThan(40);
        });
    assertThat(platform.ebb("logs", "flood", "--tail", "3").run().orFail().out().lines())
        .hasSize(3);
  }

  @Test
  void aHandlerThatNeverReturnsTimesOutAndCostsTheInstanceNotTheLimit() {
    deploy(
        "stuck.py",
        "import time\ndef main(request):\n    if request.path == '/stuck': time.sleep(600)\n    return 'free'\n",
        "--timeout",
        "1",
        "--concurrency",
        "1",
        "--scale-max",
        "1");

    assertThat(call("stuck/stuck")).contains("Timeout").endsWith(" 504");

    Awaitility.await().untilAsserted(() -> assertThat(call("stuck")).isEqualTo("free 200"));
    // Whoever stops the server would wait for it until its grace period has passed.
    String stuck = "serving.knative.dev/service=stuck";
    platform.kubectl("delete", "pods", "-l", stuck, "--force", "--grace-period=0").run().orFail();
  }

  @Test
  void childrenOfAnInstanceEndWithIt() {
    deploy(
        "forks.py",
        """
        import subprocess
        child = subprocess.Popen(['sleep', '1000.25'])
        def main():
            return 'ok'
        """);
    call("forks");
    assertThat(sleepers()).hasSize(1);

    platform.ebb("delete", "forks").run().orFail();

    Awaitility.await().until(() -> sleepers().isEmpty());
  }

  /// The child as the machine sees it, which numbers it otherwise than its container does.
  private static List<ProcessHandle> sleepers() {
    return ProcessHandle.allProcesses()
        .filter(process ->
            process.info().arguments().filter(it -> List.of(it).contains("1000.25")).isPresent())
        .toList();
  }

  @Test
  void aHeaderOfOneMegabyteAndALargeUploadAreAnsweredInBoundedMemory() {
    deploy("small.py", "def main():\n    return 'ok'\n");
    platform.write("header", "X-Large: " + "x".repeat(1_000_000));

    assertThat(
            platform
                .curl(
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}",
                    "-H",
                    "@header",
                    platform.gateway() + "/function/small")
                .run()
                .out())
        .isEqualTo("431");
    Command.Result upload =
        new Command(
                java.util.List.of(
                    "sh",
                    "-c",
                    "head -c 2G /dev/zero | curl -s --max-time 60 -o /dev/null -w '%{http_code}' -T - "
                        + platform.gateway()
                        + "/function/small"),
                java.util.Map.of(),
                platform.root())
            .run();
    assertThat(upload.out()).isIn("413", "200");
    assertThat(call("small")).isEqualTo("ok 200");
  }
}

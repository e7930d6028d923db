package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `ebb run`, the README's first command.
class RunTest {
  @TempDir private Path directory = Path.of("");

  private Command ebb(String... words) {
    List<String> all = new ArrayList<>(List.of(Platform.HOME.resolve("ebb").toString()));
    all.addAll(List.of(words));
    return new Command(all, Map.of("EBB_SKIP_BUILD", "1"), directory);
  }

  @ParameterizedTest
  @CsvSource({"examples/python/hello.py", "examples/nodejs/hello.js"})
  void onceDeploysInvokesAndPrintsTheAnswer(String example) {
    Command.Result run =
        ebb("run", Platform.HOME.resolve(example).toString(), "--once").run().orFail();

    assertThat(run.out()).startsWith("Hello");
  }

  @Test
  void aMachineWhoseNameNobodyKnowsRunsItToo() {
    assumeTrue("root".equals(System.getProperty("user.name")), "another host name needs root");
    String example = Platform.HOME.resolve("examples/python/hello.py").toString();
    List<String> words =
        new ArrayList<>(
            List.of(
                "unshare",
                "--uts",
                "sh",
                "-c",
                "echo nowhere.invalid >/proc/sys/kernel/hostname && exec \"$@\"",
                "sh"));
    words.addAll(ebb("run", example, "--once").words());

    Command.Result run = new Command(words, Map.of("EBB_SKIP_BUILD", "1"), directory).run();

    assertThat(run.out()).as(run::toString).startsWith("Hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "missing.py | | there is no file missing.py",
        "hello.rb | puts 1 | Known: .py",
        "broken.py | def main( | SyntaxError",
        "nohandler.py | x = 1 | handler",
        "raises.py | def main():\\n    raise ValueError('no luck') | no luck",
        "exits.py | import os\\nos._exit(3) | 3",
        "broken.js | module.exports = ( | SyntaxError"
      })
  void whatCannotRunIsToldInOneMessageWithExitCodeOne(String file, String text, String told)
      throws IOException {
    if (text != null) {
      Files.writeString(directory.resolve(file), text.replace("\\n", "\n"));
    }

    Command.Result run = ebb("run", file, "--once").run();

    assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).contains(told).doesNotContain("at dev.ebb");
  }

  @Test
  void itReloadsOnSaveAndEndsOnCtrlCWithAllItsInstances() throws Exception {
    Path source = Files.writeString(directory.resolve("live.py"), pidFunction("one"));
    Path output = directory.resolve("out");
    Process run = startRun(output);
    try {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(Files.readString(output)).contains("It answers 200", "one "));
      long first = pid(Files.readString(output), "one");

      Files.writeString(source, pidFunction("two"));
      Awaitility.await()
          .untilAsserted(() -> assertThat(Files.readString(output)).contains("reloaded in"));

      Files.writeString(source, "def main(:\n");
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(Files.readString(output)).contains("not reloaded", "SyntaxError"));

      run.destroy();
      Awaitility.await().until(() -> !run.isAlive());
      Awaitility.await().until(() -> ProcessHandle.of(first).isEmpty());
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void itsInstancesEndWithItEvenWhenItIsKilled() throws Exception {
    Files.writeString(directory.resolve("live.py"), pidFunction("one"));
    Path output = directory.resolve("out");
    Process run = startRun(output);
    try {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(Files.readString(output)).contains("It answers 200", "one "));
      Optional<ProcessHandle> instance = ProcessHandle.of(pid(Files.readString(output), "one"));
      assertThat(instance).isPresent();

      run.destroyForcibly().waitFor();

      Awaitility.await().until(() -> !instance.orElseThrow().isAlive());
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void nothingIsLeftOfItsContainersWhenItIsKilled() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "containers need root");
    Files.writeString(directory.resolve("live.py"), pidFunction("one"));
    Path output = directory.resolve("out");
    Process run = startRun(output, "--isolation=container");
    try {
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(Files.readString(output)).contains("It answers 200", "one "));
      Path data = dataDirectory(run);
      Belongings belongings = new Belongings(data);
      Set<Belongings.Kind> kinds = EnumSet.allOf(Belongings.Kind.class);
      assertThat(belongings.find().keySet()).isEqualTo(kinds);

      run.destroyForcibly().waitFor();

      Awaitility.await()
          .untilAsserted(() -> {
            assertThat(belongings.find()).isEmpty();
            assertThat(data).doesNotExist();
          });
    } finally {
      run.destroyForcibly();
    }
  }

  /// As the shell that waits for the end of the run tells. Its words are too many for
  /// [ProcessHandle.Info#arguments].
  private static Path dataDirectory(Process run) throws IOException {
    for (ProcessHandle child : run.descendants().toList()) {
      String words = Files.readString(Path.of("/proc", Long.toString(child.pid()), "cmdline"));
      if (words.contains("ebb-last-will")) {
        String[] all = words.split("\0", -1);
        return Path.of(all[List.of(all).indexOf("--data-dir") + 1]);
      }
    }
    throw new AssertionError("nobody waits for the end of " + run.pid());
  }

  private Process startRun(Path output, String... options) throws IOException {
    Command command = ebb("run", "live.py").with(options);
    ProcessBuilder builder =
        new ProcessBuilder(command.words()).directory(directory.toFile()).redirectErrorStream(true);
    builder.environment().putAll(command.environment());
    return builder.redirectOutput(output.toFile()).start();
  }

  private static String pidFunction(String word) {
    return "import os\ndef main():\n    return '%s ' + str(os.getpid())\n".formatted(word);
  }

  private static long pid(String output, String word) {
    var matcher = java.util.regex.Pattern.compile("(?m)^" + word + " (\\d+)").matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

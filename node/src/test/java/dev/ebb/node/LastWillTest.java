package dev.ebb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With another process that makes a will, for it has to end.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LastWillTest {
  @TempDir Path directory;

  /// Makes a will that writes a file, and waits to be killed, or takes it back.
  static final class Testator {
    private Testator() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      List<String> command =
          List.of(
              "/bin/sh", "-c", "test -e $0.first || { : >$0.first; exit 1; }; : >$0", arguments[0]);
      LastWill will = LastWill.open(command);
      if (arguments[1].equals("close")) {
        will.close();
      }
      Files.createFile(file.resolveSibling("ready"));
      System.in.read();
    }
  }

  private Process testator(String what) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Testator.class.getName(),
            directory.resolve("done").toString(),
            what)
        .inheritIO()
        .redirectInput(ProcessBuilder.Redirect.PIPE)
        .start();
  }

  @Test
  void isDoneWhenTheProcessIsKilledAndAgainWhenItFails() throws Exception {
    Process process = testator("wait");
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(directory.resolve("ready")));
    assertThat(directory.resolve("done.first")).doesNotExist();
    process.destroyForcibly().waitFor();
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(directory.resolve("done")));
  }

  @Test
  void isNotDoneWhenItWasTakenBack() throws Exception {
    Process process = testator("close");
    await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(directory.resolve("ready")));
    // Its shell is gone, so nobody is left who would.
    assertThat(process.toHandle().descendants()).isEmpty();
    process.destroyForcibly().waitFor();
    assertThat(directory.resolve("done.first")).doesNotExist();
  }
}

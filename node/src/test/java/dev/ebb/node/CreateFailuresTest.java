package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the file system refuses is told with its reason, leaves nothing behind, and is tried again.
class CreateFailuresTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // a file in the place of the directory: what nobody can write to, root neither
        "work                        | Not a directory",
        "instances                   | Not a directory",
        "logs/default/hello-00001    | File exists",
      })
  void aRefusalOfTheFileSystemIsToldAndTriedAgain(String blocked, String reason)
      throws IOException {
    try (var machine = new Machine(directory)) {
      machine.run(machine.workload("listen()"), 1);
      machine.node.scale(HELLO, 0);
      machine.awaitNothingLeft();
      var folder = directory.resolve(blocked);
      var aside = Files.move(folder, directory.resolve("aside"));
      Files.writeString(folder, "");

      machine.node.scale(HELLO, 1);
      var refused = machine.awaitRefused();
      assertThat(refused.reason()).isEqualTo("CreateFailed");
      assertThat(refused.message()).contains(reason);
      assertThat(refused.permanent()).isFalse();
      assertThat(machine.processes()).isEmpty();

      Files.delete(folder);
      Files.move(aside, folder);
      machine.awaitReady(HELLO, 1);
    }
  }

  @Test
  void aFullDiskIsToldAndTriedAgain() throws Exception {
    try (var machine = new Machine(directory)) {
      machine.node.register(machine.workload("listen()"));
      var full = directory.resolve("instances");
      boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full.toString());
      if (mounted) {
        Files.write(full.resolve("filler.tmp"), new byte[4096]);
      } else {
        // An ordinary user cannot make a small disk, but a directory without the right to write.
        Files.setPosixFilePermissions(full, PosixFilePermissions.fromString("r-x------"));
      }
      try {
        machine.node.scale(HELLO, 1);
        assertThat(machine.awaitRefused().reason()).isEqualTo("CreateFailed");
        assertThat(machine.awaitRefused().message())
            .contains(mounted ? "No space left on device" : "Permission denied");
        assertThat(machine.processes()).isEmpty();
      } finally {
        if (mounted) {
          assertThat(run("umount", full.toString())).isTrue();
        } else {
          Files.setPosixFilePermissions(full, PosixFilePermissions.fromString("rwx------"));
        }
      }
      machine.awaitReady(HELLO, 1);
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).start().waitFor() == 0;
  }
}

package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeftInstancesTest {
  @TempDir private Path directory = Path.of("");

  private void record(long pid, String startTime, String bootId) throws IOException {
    Files.writeString(
        Files.createDirectories(directory.resolve("data/instances")).resolve("one.json"),
        "{\"id\":\"one\",\"pid\":%d,\"startTime\":%s,\"bootId\":\"%s\"}"
            .formatted(pid, startTime, bootId));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the recorded process, 77, boot-a, S, 1",
    "another process with its number, 78, boot-a, S, 0",
    "a process of the boot before, 77, boot-b, S, 0",
    "a process that has ended, 77, boot-a, Z, 0"
  })
  void onlyTheRecordedProcessCounts(
      String name, String startTime, String boot, String state, int found) throws IOException {
    record(4711, startTime, boot);
    Path proc = directory.resolve("proc");
    Files.writeString(
        Files.createDirectories(proc.resolve("sys/kernel/random")).resolve("boot_id"), "boot-a\n");
    Files.writeString(
        Files.createDirectories(proc.resolve("4711")).resolve("stat"),
        "4711 (py) S 1 (x)) %s 1 4711 4711 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 1000 10"
            .formatted(state));

    assertThat(LeftInstances.find(directory.resolve("data"), proc).instances()).hasSize(found);
  }

  @Test
  void aDamagedRecordNamesNoProcess() throws IOException {
    record(1, "{", "x");

    assertThat(LeftInstances.find(directory.resolve("data")).instances()).isEmpty();
  }

  @Test
  void aDirectoryWithoutRecordsHasNone() throws IOException {
    assertThat(LeftInstances.find(directory).instances()).isEmpty();
  }

  @Test
  void resetEndsTheWholeSessionAndRemovesTheData() throws Exception {
    ProcessHandle session =
        new ProcessBuilder("setsid", "sh", "-c", "sleep 600 & echo $!; wait")
            .redirectOutput(directory.resolve("child").toFile())
            .start()
            .toHandle();
    Awaitility.await().until(() -> Files.size(directory.resolve("child")) > 0);
    long childPid = Long.parseLong(Files.readString(directory.resolve("child")).strip());
    ProcessHandle child = ProcessHandle.of(childPid).orElseThrow();
    String stat = Files.readString(Path.of("/proc", Long.toString(session.pid()), "stat"));
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    record(session.pid(), stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19], boot);
    Path data = directory.resolve("data");
    Files.writeString(data.resolve("version"), "1\n");

    CommandLineTest.Run asked = CommandLineTest.run("reset", "--data-dir", data.toString());
    assertThat(asked.out()).contains("one", Long.toString(session.pid()), "reset --yes");
    assertThat(session.isAlive()).isTrue();

    CommandLineTest.Run done = CommandLineTest.run("reset", "--yes", "--data-dir", data.toString());
    assertThat(done.exitCode()).as(done.toString()).isZero();
    session.onExit().get(60, TimeUnit.SECONDS);
    child.onExit().get(60, TimeUnit.SECONDS);
    assertThat(data).doesNotExist();
  }
}

package dev.ebb.node;

import static dev.ebb.node.Machine.HELLO;
import static dev.ebb.node.Machine.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.LogQuery;
import dev.ebb.node.NodeConfig.Logs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
  private static final long MIB = 1L << 20;

  @TempDir Path directory;
  private Machine machine;

  @BeforeEach
  void start() {
    machine =
        new Machine(directory, config -> config.with(new Logs(MIB, 4 * MIB, Duration.ofDays(1))));
  }

  @AfterEach
  void nothingIsLeft() {
    machine.close();
  }

  @Test
  void outputIsStillThereAfterTheInstance() {
    machine.run(machine.workload("print('a\\nb\\nc', flush=True); listen()"), 1);
    machine.node.scale(HELLO, 0);
    machine.awaitNothingLeft();

    assertThat(machine.log()).isEqualTo("a\nb\nc\n");
    assertThat(machine.log(query(2, false, Optional.empty(), false))).isEqualTo("b\nc\n");
    assertThat(machine.log(query(0, false, Optional.empty(), false))).isEmpty();
    assertThat(machine.log(query(-1, true, Optional.empty(), false)).lines())
        .allMatch(line -> line.matches("\\[hello-00001-deployment-[-a-z0-9]+] [abc]"));
    assertThat(machine.log(query(-1, false, Optional.empty(), true)).lines())
        .allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z [abc]"));
  }

  @Test
  void sinceLeavesOutWhatIsOlder() {
    var instance =
        machine.run(machine.workload("print('old', flush=True); listen()"), 1).getFirst();
    await().atMost(PATIENCE).until(() -> indexed(instance.id()) == 4);
    var between = Instant.now().plusMillis(1);
    await().until(() -> Instant.now().isAfter(between));
    append(instance.id(), "new\n");

    assertThat(machine.log(query(-1, false, Optional.of(between), false))).isEqualTo("new\n");
  }

  @Test
  void aFollowerSeesLinesOfAllInstancesUntilItCloses() throws IOException {
    var follow =
        new LogQuery(List.of(HELLO), Optional.empty(), -1, true, Optional.empty(), false, false);
    try (var in = machine.node.logs(follow);
        var reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      machine.run(machine.workload("print('one', flush=True); listen()"), 1);
      assertThat(reader.readLine()).isEqualTo("one");
      machine.node.scale(HELLO, 2);
      assertThat(reader.readLine()).isEqualTo("one");
      machine.node.scale(HELLO, 0);
      machine.awaitNothingLeft();
      machine.node.scale(HELLO, 1);
      assertThat(reader.readLine()).isEqualTo("one");
    }
  }

  @Test
  void followingOneInstanceEndsWithIt() throws IOException {
    var instance =
        machine.run(machine.workload("print('end', flush=True); listen()"), 1).getFirst();
    var follow =
        new LogQuery(
            List.of(HELLO), Optional.of(instance.id()), -1, true, Optional.empty(), false, false);
    try (var in = machine.node.logs(follow)) {
      machine.node.scale(HELLO, 0);
      assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("end\n");
    }
  }

  @Test
  void aProgramThatWritesAHundredMegabytesKeepsTheEndOfIt() throws IOException {
    var script =
        """
        line = b'x' * 99 + b'\\n'
        chunk = line * 10000
        for _ in range(100):
            os.write(1, chunk)
        os.write(1, b'last\\n')
        listen()
        """;
    var instance = machine.run(machine.workload(script), 1).getFirst();
    var file = file(instance.id());
    await().atMost(PATIENCE).until(() -> blocks(file) < 2 * MIB);

    var text = machine.log();
    assertThat(text).endsWith("\nlast\n").hasSizeBetween((int) MIB / 2, (int) (2 * MIB));
    assertThat(text.lines().limit(1)).allMatch(line -> line.length() == 99);
    assertThat(machine.log(query(1, false, Optional.empty(), false))).isEqualTo("last\n");
    assertThat(Files.size(file)).as("offsets stay").isGreaterThan(100_000_000);
  }

  @Test
  void aLineWithoutEndComesInPieces() {
    machine.run(machine.workload("os.write(1, b'y' * 300000); listen()"), 1);
    assertThat(machine.log(query(-1, true, Optional.empty(), false)))
        .hasSizeGreaterThan(300_000)
        .hasSizeLessThan(300_100);
  }

  @Test
  void oldLogsGoWhenAllAreTooLarge() throws IOException {
    var folder = Files.createDirectories(directory.resolve("logs/default/old-00001"));
    for (int i = 0; i < 6; i++) {
      var file = Files.write(folder.resolve("old-" + i + ".log"), new byte[(int) MIB]);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(600 - i)));
    }
    var logs =
        new NodeLogs(
            directory.resolve("logs"),
            NodeConfig.defaults(directory, directory, directory)
                .with(new Logs(MIB, 4 * MIB, Duration.ofDays(1))));
    try (logs) {
      logs.collect(Instant.now());
    }
    assertThat(folder.resolve("old-1.log")).doesNotExist();
    assertThat(folder.resolve("old-2.log")).exists();
  }

  @Test
  void oldLogsGoWhenTheyAreTooMany() throws IOException {
    var folder = Files.createDirectories(directory.resolve("logs/default/old-00001"));
    for (int i = 0; i < 1003; i++) {
      var file = Files.writeString(folder.resolve("old-" + i + ".log"), "x");
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(5000 - i)));
    }
    try (var logs =
        new NodeLogs(
            directory.resolve("logs"), NodeConfig.defaults(directory, directory, directory))) {
      logs.collect(Instant.now());
    }
    assertThat(folder.resolve("old-2.log")).doesNotExist();
    assertThat(folder.resolve("old-3.log")).exists();
  }

  @Test
  void anInstanceThatSaidNothingLeavesNoLog() {
    var instance = machine.run(machine.workload("listen()"), 1).getFirst();
    assertThat(file(instance.id())).isEmptyFile();
    machine.node.scale(HELLO, 0);
    machine.awaitNothingLeft();
    await().atMost(PATIENCE).until(() -> !Files.exists(file(instance.id())));
  }

  @Test
  void whereTheFileSystemKnowsNoHolesTheLogBeginsAnew() throws IOException {
    var file = Files.writeString(directory.resolve("plain.log"), "old line\n".repeat(20_000));
    var log = InstanceLog.open(file);
    log.check(1, 10_000, (path, length) -> false);
    assertThat(file).isEmptyFile();
    assertThat(log.index.lastOffset()).isZero();
    try (var cursor = new LogCursor(log)) {
      Files.writeString(file, "new line\n", StandardOpenOption.APPEND);
      log.check(2, 10_000, (path, length) -> false);
      var line = Objects.requireNonNull(cursor.peek(() -> false));
      assertThat(new String(line.bytes().array(), UTF_8)).isEqualTo("new line\n");
      assertThat(line.time()).isEqualTo(2);
    }
  }

  @Test
  void theTimesOfALogTakeBoundedMemory() throws IOException {
    var file = Files.writeString(directory.resolve("long.log"), "");
    var index = LogIndex.open(file);
    for (int i = 1; i <= 10_000; i++) {
      index.add(i, i * 10L);
    }
    assertThat(Files.size(LogIndex.fileOf(file))).isLessThanOrEqualTo(16 << 10);
    assertThat(index.timeOf(99_995, -1)).isEqualTo(10_000);
    assertThat(index.timeOf(0, -1)).isLessThan(index.timeOf(90_000, -1));
    assertThat(LogIndex.open(file).timeOf(99_995, -1)).isEqualTo(10_000);
  }

  private static LogQuery query(
      int tail, boolean prefix, Optional<Instant> since, boolean timestamps) {
    return new LogQuery(List.of(HELLO), Optional.empty(), tail, false, since, timestamps, prefix);
  }

  private Path file(InstanceId id) {
    return directory.resolve("logs/default/hello-00001/" + id + ".log");
  }

  private long indexed(InstanceId id) throws IOException {
    return LogIndex.open(file(id)).lastOffset();
  }

  private void append(InstanceId id, String text) {
    try {
      Files.writeString(file(id), text, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long blocks(Path file) throws IOException {
    return Files.size(file) - Linux.dataStart(file);
  }
}

package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What those see who are attached: of a terminal, and of a log.
@Timeout(300)
class ConsoleOutputTest {
  @TempDir Path directory;

  private static void put(ConsoleOutput output, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    output.put(bytes, bytes.length);
  }

  @Test
  void whatIsShownComesInOrderAndEnds() throws IOException {
    ConsoleOutput output = new ConsoleOutput(closed -> {});
    put(output, "one ");
    put(output, "two");
    assertThat(output.readNBytes(5)).asString().isEqualTo("one t");
    output.end();
    assertThat(output.readAllBytes()).asString().isEqualTo("wo");
    put(output, "late");
    assertThat(output.read()).isEqualTo(-1);
  }

  @Test
  void oneWhoDoesNotReadIsCutOff() throws IOException {
    ConsoleOutput output = new ConsoleOutput(closed -> {});
    byte[] much = new byte[64 << 10];
    for (int i = 0; i <= ConsoleOutput.MAX_BYTES / much.length; i++) {
      output.put(much, much.length);
    }
    assertThat(output.readAllBytes()).hasSize(ConsoleOutput.MAX_BYTES);
  }

  @Test
  void closingTellsTheConsole() {
    AtomicBoolean told = new AtomicBoolean();
    new ConsoleOutput(closed -> told.set(true)).close();
    assertThat(told).isTrue();
  }

  @Test
  void ofALogComesWhatIsWrittenFromNowOnToItsLastByte() throws IOException {
    Path file = directory.resolve(LogName.process(new InstanceId("a")).file());
    Files.writeString(file, "before\n");
    AtomicBoolean live = new AtomicBoolean(true);
    try (LogTail tail = new LogTail(InstanceLog.open(file), live::get)) {
      Files.writeString(file, "a prompt> ", StandardOpenOption.APPEND);
      assertThat(tail.readNBytes(10)).asString().isEqualTo("a prompt> ");
      Files.writeString(file, "the end", StandardOpenOption.APPEND);
      live.set(false);
      assertThat(tail.readAllBytes()).asString().isEqualTo("the end");
    }
  }

  @Test
  void aClosedTailIsAtItsEnd() throws IOException {
    Path file = directory.resolve(LogName.process(new InstanceId("a")).file());
    Files.writeString(file, "");
    LogTail tail = new LogTail(InstanceLog.open(file), () -> true);
    tail.close();
    assertThat(tail.read()).isEqualTo(-1);
  }
}

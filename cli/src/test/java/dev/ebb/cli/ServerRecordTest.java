package dev.ebb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerRecordTest {
  private static final Instant BEGAN = ProcessHandle.current().info().startInstant().orElseThrow();

  private static ServerRecord record(long pid, Instant startedAt) {
    Path path = Path.of("/x");
    return new ServerRecord(pid, "1", startedAt.toString(), "", 0, "", "", path, path, path);
  }

  @Test
  void theProcessThatWroteItIsTheServer() {
    long me = ProcessHandle.current().pid();

    assertThat(record(me, BEGAN.plus(Duration.ofSeconds(1))).alive()).isTrue();
  }

  @Test
  void aLaterProcessWithTheSameNumberIsAStranger() {
    long me = ProcessHandle.current().pid();

    assertThat(record(me, BEGAN.minus(Duration.ofMinutes(1))).alive()).isFalse();
  }
}

package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.DiskFullException;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.log.Upload;
import dev.ebb.eventing.testing.SimulatedFiles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A disk that is full, and one that fails.
class DiskFaultTest {
  private final ManualClock clock = new ManualClock();
  private SimulatedFiles disk = new SimulatedFiles();
  private EmbeddedEventLog log;
  private EventStream stream;
  private EventCursor cursor;

  @BeforeEach
  void open() {
    EmbeddedLogSettings settings =
        EmbeddedLogSettings.defaults()
            .withClock(clock)
            .withSegmentBytes(1 << 14)
            .withInlineBytes(1000);
    log = new EmbeddedEventLog(disk, settings, new Random(1), false);
    stream = log.open("s", StreamSettings.queue());
    cursor = stream.cursor("c", CursorSettings.fromBeginning());
  }

  private CompletableFuture<Long> append(String content) {
    CompletableFuture<Long> answer =
        stream.append(new NewEvent(new byte[0], content.getBytes(UTF_8)));
    log.work();
    assertThat(answer).isDone();
    return answer;
  }

  private List<String> contents() {
    List<String> contents = new ArrayList<>();
    for (StoredEvent event : stream.read(1, 10_000)) {
      contents.add(new String(event.payload().bytes(), UTF_8));
    }
    return contents;
  }

  private static Throwable reason(CompletableFuture<?> answer) {
    try {
      answer.join();
      throw new AssertionError("it did not fail");
    } catch (CompletionException e) {
      return requireNonNull(e.getCause());
    }
  }

  /// Appends until the disk is full, and one by one at the end.
  private List<String> fill() {
    List<String> accepted = new ArrayList<>();
    for (int n = 0; ; n++) {
      String content = n + "x".repeat(n % 300);
      CompletableFuture<Long> answer = append(content);
      if (answer.isCompletedExceptionally()) {
        assertThat(reason(answer))
            .isInstanceOf(DiskFullException.class)
            .hasMessageContaining(".segment cannot grow, the disk is full");
        return accepted;
      }
      accepted.add(content);
    }
  }

  @Test
  void aFullDiskRefusesAndLosesNothingAndWorksAgainByItself() {
    log.clean();
    disk.limit(100_000);
    List<String> accepted = fill();
    assertThat(accepted).hasSizeGreaterThan(100);
    for (int n = 0; n < 5; n++) {
      clock.advance(Duration.ofSeconds(2));
      assertThat(reason(append("refused"))).isInstanceOf(DiskFullException.class);
    }
    assertThat(contents()).isEqualTo(accepted);

    disk = disk.afterPowerLoss(Optional.empty());
    disk.limit(100_000);
    open();
    assertThat(contents()).isEqualTo(accepted);
    assertThat(log.damages()).isEmpty();

    disk.limit(200_000);
    clock.advance(Duration.ofSeconds(2));
    assertThat(append("there is room").join()).isEqualTo(accepted.size() + 1);
    accepted.add("there is room");
    assertThat(contents()).isEqualTo(accepted);
  }

  @Test
  void onAFullDiskEventsCanBeAcknowledgedWhichMakesRoom() {
    log.clean();
    disk.limit(100_000);
    List<String> accepted = fill();
    for (int rounds = accepted.size() / 10; rounds > 0; rounds--) {
      for (Delivery delivery : cursor.lease(10, Duration.ofMinutes(1))) {
        CompletableFuture<Boolean> answer = delivery.acknowledge();
        while (log.work()) {
          // Until all is durable.
        }
        assertThat(answer).isCompletedWithValue(true);
      }
      try {
        log.clean();
      } catch (DiskFullException e) {
        assertThat(e)
            .as("there is no room for the reserve yet")
            .hasMessageContaining("the disk is full");
      }
    }
    log.clean();
    clock.advance(Duration.ofSeconds(2));
    assertThat(append("there is room")).isCompletedWithValue(accepted.size() + 1L);
  }

  @Test
  void anUploadThatDoesNotFitLeavesNothing() {
    log.clean();
    disk.limit(disk.used() + 50_000);
    try (Upload upload = stream.upload()) {
      assertThatThrownBy(() -> upload.write(ByteBuffer.allocate(60_000)))
          .isInstanceOf(DiskFullException.class);
    }
    try (Upload upload = stream.upload()) {
      upload.write(ByteBuffer.allocate(40_000));
      CompletableFuture<Long> answer = upload.commit(new byte[0]);
      log.work();
      assertThat(answer).isCompletedWithValue(1L);
    }
  }

  @Test
  void aSyncThatFailedIsNotAskedAgainAndWhatWasSyncedBeforeCounts() {
    append("before").join();
    disk.failSyncs(1);
    assertThat(reason(append("unknown")))
        .isExactlyInstanceOf(EventLogException.class)
        .hasMessageContaining("input/output error");
    assertThat(contents()).containsExactly("before");
    assertThat(append("after").join()).isEqualTo(2);
    assertThat(contents()).containsExactly("before", "after");
    for (long seed = 0; seed < 20; seed++) {
      disk = disk.afterPowerLoss(Optional.of(new Random(seed)));
      open();
      assertThat(contents()).containsExactly("before", "after");
      assertThat(log.damages()).isEmpty();
    }
  }

  @Test
  void aLogThatCannotGoOnSaysSoUntilItCan() {
    append("before").join();
    // Of the batch, and of the segments that are begun in its place.
    disk.failSyncs(3);
    for (int n = 0; n < 3; n++) {
      assertThat(reason(append("unknown"))).hasMessageContaining("input/output error");
    }
    assertThat(append("after").join()).isEqualTo(2);
    disk = disk.afterPowerLoss(Optional.empty());
    open();
    assertThat(contents()).containsExactly("before", "after");
  }

  @Test
  void anUploadWhoseSyncFailsIsRefused() {
    disk.failSyncs(1);
    try (Upload upload = stream.upload()) {
      upload.write(ByteBuffer.allocate(40_000));
      assertThat(reason(upload.commit(new byte[0]))).isInstanceOf(EventLogException.class);
    }
    assertThat(contents()).isEmpty();
  }
}

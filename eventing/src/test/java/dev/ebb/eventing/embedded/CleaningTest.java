package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.PendingEvent;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.testing.SimulatedFiles;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Retention, deletion and compaction, in virtual time.
class CleaningTest {
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final ManualClock clock = new ManualClock();
  private SimulatedFiles disk = new SimulatedFiles();
  private EmbeddedEventLog log;

  @BeforeEach
  void open() {
    EmbeddedLogSettings settings =
        EmbeddedLogSettings.defaults().withClock(clock).withSegmentBytes(1 << 14);
    log = new EmbeddedEventLog(disk, settings, new Random(1), false);
  }

  private void restart() {
    disk = disk.afterPowerLoss(Optional.empty());
    open();
  }

  private void append(EventStream stream, int count, int bytes) {
    for (int n = 0; n < count; n++) {
      var _ = stream.append(new NewEvent(new byte[0], "x".repeat(bytes).getBytes(UTF_8)));
      work();
    }
  }

  private void work() {
    while (log.work()) {
      // Until all is durable.
    }
  }

  private void acknowledge(EventCursor cursor, int count, long except) {
    for (int n = 0; n < count; n++) {
      for (Delivery delivery : cursor.lease(1, LEASE)) {
        if (delivery.event().sequence() != except) {
          var _ = delivery.acknowledge();
        }
      }
      work();
    }
  }

  private static List<Long> sequences(EventStream stream) {
    return stream.read(1, 10_000).stream().map(StoredEvent::sequence).toList();
  }

  @Test
  void aQueueThatIsDoneTakesNoRoom() {
    EventStream stream = log.open("s", StreamSettings.queue());
    EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning());
    for (int turn = 0; turn < 10; turn++) {
      append(stream, 100, 500);
      acknowledge(cursor, 100, 0);
      log.clean();
    }
    assertThat(log.status().bytes()).isLessThan(3 * (1 << 14) + 8192);
    assertThat(disk.used()).isLessThan(5 * (1 << 14));
    assertThat(stream.status().events()).isZero();
    restart();
    assertThat(log.find("s").orElseThrow().status().last()).isEqualTo(1000);
  }

  @Test
  void aPoisonedEventHoldsItsOwnBytesOnly() {
    EventStream stream = log.open("s", StreamSettings.queue());
    EventStream other = log.open("other", StreamSettings.queue());
    EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning().withWindow(5));
    append(stream, 10, 500);
    append(other, 1, 300);
    for (int turn = 0; turn < 10; turn++) {
      append(stream, 100, 500);
      acknowledge(cursor, 100, 7);
    }
    log.clean();
    assertThat(disk.used()).isLessThan(6 * (1 << 14));
    for (int turn = 0; turn < 2; turn++) {
      stream = log.find("s").orElseThrow();
      assertThat(stream.read(7)).isPresent();
      assertThat(log.find("other").orElseThrow().read(1)).isPresent();
      assertThat(stream.findCursor("c").orElseThrow().pending(1, 1))
          .extracting(PendingEvent::sequence)
          .containsExactly(7L);
      restart();
    }
    assertThat(log.damages()).isEmpty();
    clock.advance(LEASE);
    assertThat(
            log.find("s")
                .orElseThrow()
                .findCursor("c")
                .orElseThrow()
                .lease(1, LEASE)
                .getFirst()
                .event()
                .sequence())
        .isEqualTo(7);
  }

  @Test
  void whatIsTooOldGoesAcknowledgedOrNot() {
    EventStream stream = log.open("s", StreamSettings.queue().withMaxAge(Duration.ofMinutes(10)));
    EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning());
    for (int minute = 0; minute < 20; minute++) {
      append(stream, 5, 500);
      clock.advance(Duration.ofMinutes(1));
    }
    log.clean();
    assertThat(sequences(stream)).first().isEqualTo(51L);
    assertThat(cursor.backlog().events()).isEqualTo(50);
    assertThat(cursor.lease(1, LEASE).getFirst().event().sequence()).isEqualTo(51);
    restart();
    assertThat(sequences(log.find("s").orElseThrow())).first().isEqualTo(51L);
    clock.advance(Duration.ofHours(1));
    log.clean();
    assertThat(sequences(log.find("s").orElseThrow())).isEmpty();
  }

  @Test
  void whatIsTooMuchGoesWhereThatIsWanted() {
    StreamSettings history =
        new StreamSettings(
            false, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), false);
    EventStream byEvents = log.open("events", history.withMaxEvents(30));
    EventStream byBytes = log.open("bytes", history.withMaxBytes(10_000));
    append(byEvents, 100, 200);
    append(byBytes, 100, 300);
    log.clean();
    assertThat(sequences(byEvents)).hasSize(30).last().isEqualTo(100L);
    assertThat(sequences(byBytes)).hasSize(33).last().isEqualTo(100L);
    restart();
    assertThat(sequences(log.find("events").orElseThrow())).hasSize(30);
    assertThat(sequences(log.find("bytes").orElseThrow())).hasSize(33);
  }

  @Test
  void aStreamThatIsDeletedGivesItsRoomBack() {
    EventStream stream = log.open("s", StreamSettings.queue());
    append(stream, 300, 500);
    log.clean();
    log.delete("s");
    append(log.open("other", StreamSettings.queue()), 40, 500);
    log.clean();
    assertThat(log.status().bytes()).isLessThan(5 * (1 << 14));
  }

  @Test
  void manySmallSegmentsBecomeOne() {
    for (int start = 0; start < 30; start++) {
      append(log.open("s", StreamSettings.queue()), 1, 100);
      restart();
    }
    append(log.open("s", StreamSettings.queue()), 1, 100);
    log.clean();
    assertThat(log.status().segments()).isLessThan(6);
    assertThat(sequences(log.find("s").orElseThrow())).hasSize(31);
    restart();
    assertThat(sequences(log.find("s").orElseThrow())).hasSize(31);
  }
}

package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.log.Backlog;
import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.PendingEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.testing.SimulatedFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Leases and what ends them, in virtual time.
class CursorTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private final ManualClock clock = new ManualClock();
  private final Instant start = clock.instant();
  private SimulatedFiles disk = new SimulatedFiles();
  private EmbeddedEventLog log;
  private EventStream stream;
  private EventCursor cursor;

  @BeforeEach
  void open() {
    EmbeddedLogSettings settings = EmbeddedLogSettings.defaults().withClock(clock);
    log = new EmbeddedEventLog(disk, settings, new Random(1), false);
    stream = log.open("s", StreamSettings.queue());
    cursor = stream.cursor("c", CursorSettings.fromBeginning().withWindow(10));
  }

  private void restart() {
    disk = disk.afterPowerLoss(Optional.empty());
    open();
  }

  private void append(int count) {
    for (int n = 0; n < count; n++) {
      var _ = stream.append(new NewEvent(new byte[] {1}, "payload".getBytes(UTF_8)));
    }
    work();
  }

  private void work() {
    while (log.work()) {
      // Until all is durable.
    }
  }

  private <T> T done(CompletableFuture<T> answer) {
    work();
    assertThat(answer).isDone();
    return answer.join();
  }

  private static List<Long> sequences(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.event().sequence()).toList();
  }

  private List<Long> pending() {
    return cursor.pending(1, 1000).stream().map(PendingEvent::sequence).toList();
  }

  @Test
  void eventsComeInOrderAndToOneOnly() {
    append(5);
    assertThat(sequences(cursor.lease(2, LEASE))).containsExactly(1L, 2L);
    assertThat(sequences(cursor.lease(10, LEASE))).containsExactly(3L, 4L, 5L);
    assertThat(cursor.lease(10, LEASE)).isEmpty();
  }

  @Test
  void acknowledgementsInAnyOrderSurvive() {
    append(6);
    List<Delivery> deliveries = cursor.lease(6, LEASE);
    for (int index : new int[] {5, 1, 2}) {
      assertThat(done(deliveries.get(index).acknowledge())).isTrue();
    }
    assertThat(done(deliveries.get(1).acknowledge())).as("twice").isFalse();
    assertThat(pending()).containsExactly(1L, 4L, 5L);
    restart();
    assertThat(pending()).containsExactly(1L, 4L, 5L);
    List<Delivery> again = cursor.lease(6, LEASE);
    assertThat(sequences(again)).containsExactly(1L, 4L, 5L);
    assertThat(again).allSatisfy(delivery -> assertThat(delivery.attempt()).isEqualTo(2));
  }

  @Test
  void aLeaseLapsesUnlessItIsRenewed() {
    append(2);
    List<Delivery> deliveries = cursor.lease(2, LEASE);
    clock.advance(Duration.ofSeconds(20));
    assertThat(deliveries.get(1).renew(LEASE)).isTrue();
    assertThat(deliveries.get(1).deadline()).isEqualTo(start.plusSeconds(50));
    clock.advance(Duration.ofSeconds(10));
    List<Delivery> again = cursor.lease(2, LEASE);
    assertThat(sequences(again)).containsExactly(1L);
    assertThat(again.getFirst().attempt()).isEqualTo(2);

    assertThat(deliveries.getFirst().renew(LEASE)).as("somebody else has it").isFalse();
    assertThat(done(deliveries.getFirst().retryAt(clock.instant()))).isFalse();
    assertThat(done(deliveries.getFirst().acknowledge())).as("but it is done").isTrue();
    assertThat(done(again.getFirst().acknowledge())).isFalse();
    assertThat(pending()).containsExactly(2L);
  }

  @Test
  void whatIsGivenBackComesAgainAtItsTimeAndFirst() {
    append(3);
    Delivery first = cursor.lease(1, LEASE).getFirst();
    assertThat(done(first.retryAt(start.plusSeconds(60)))).isTrue();
    Delivery second = cursor.lease(1, LEASE).getFirst();
    assertThat(done(second.giveBack(start.plusSeconds(5)))).isTrue();
    assertThat(cursor.pending(1, 1).getFirst().notBefore()).contains(start.plusSeconds(60));
    clock.advance(Duration.ofSeconds(5));
    Delivery again = cursor.lease(1, LEASE).getFirst();
    assertThat(again.event().sequence()).isEqualTo(2);
    assertThat(again.attempt()).as("it did not count").isEqualTo(1);
    restart();
    assertThat(sequences(cursor.lease(5, LEASE))).containsExactly(2L, 3L);
    clock.advance(Duration.ofSeconds(55));
    List<Delivery> late = cursor.lease(5, LEASE);
    assertThat(sequences(late)).contains(1L);
    assertThat(late.getFirst().attempt()).isEqualTo(2);
  }

  @Test
  void theWindowBoundsWhatIsInHands() {
    append(30);
    List<Delivery> deliveries = cursor.lease(30, LEASE);
    assertThat(deliveries).hasSize(10);
    assertThat(cursor.lease(30, LEASE)).isEmpty();
    done(deliveries.get(7).acknowledge());
    assertThat(sequences(cursor.lease(30, LEASE))).containsExactly(11L);
    cursor = stream.cursor("c", CursorSettings.fromBeginning().withWindow(12));
    assertThat(sequences(cursor.lease(30, LEASE))).containsExactly(12L, 13L);
  }

  @Test
  void cursorsDoNotDisturbEachOther() {
    append(2);
    EventCursor late = stream.cursor("late", CursorSettings.fromNow());
    EventCursor other = stream.cursor("other", CursorSettings.fromBeginning());
    append(1);
    assertThat(sequences(late.lease(9, LEASE))).containsExactly(3L);
    assertThat(sequences(other.lease(9, LEASE))).containsExactly(1L, 2L, 3L);
    assertThat(sequences(cursor.lease(9, LEASE))).containsExactly(1L, 2L, 3L);
    assertThat(stream.cursors()).containsExactly("c", "late", "other");
    assertThat(stream.deleteCursor("late")).isTrue();
    assertThat(stream.deleteCursor("late")).isFalse();
    assertThatThrownBy(() -> late.lease(1, LEASE)).isInstanceOf(NoSuchStreamException.class);
    restart();
    assertThat(stream.cursors()).containsExactly("c", "other");
  }

  @Test
  void whatIsDiscardedDoesNotCome() {
    append(6);
    Delivery first = cursor.lease(1, LEASE).getFirst();
    assertThat(done(cursor.discard(1))).isTrue();
    assertThat(done(first.acknowledge())).isFalse();
    assertThat(done(cursor.discard(5))).isTrue();
    assertThat(done(cursor.discard(5))).isFalse();
    assertThat(done(cursor.discard(3))).isTrue();
    assertThat(done(cursor.discard(77))).isFalse();
    assertThat(cursor.isPending(5)).isFalse();
    assertThat(cursor.backlog().events()).isEqualTo(3);
    restart();
    assertThat(pending()).containsExactly(2L, 4L, 6L);
    assertThat(sequences(cursor.lease(9, LEASE))).containsExactly(2L, 4L, 6L);
  }

  @Test
  void aDeadLetterMovesToAnotherStream() {
    append(1);
    EventStream dead = log.open("dead", StreamSettings.queue());
    Delivery delivery = cursor.lease(1, LEASE).getFirst();
    CompletableFuture<Long> moved = delivery.moveTo(dead, "why".getBytes(UTF_8));
    work();
    assertThat(moved).isCompletedWithValue(1L);
    assertThat(pending()).isEmpty();
    restart();
    assertThat(pending()).isEmpty();
    var event = log.find("dead").orElseThrow().read(1).orElseThrow();
    assertThat(event.attributes()).isEqualTo("why".getBytes(UTF_8));
    assertThat(event.payload().bytes()).isEqualTo("payload".getBytes(UTF_8));
  }

  @Test
  void theBacklogIsCounted() {
    assertThat(cursor.backlog()).isEqualTo(new Backlog(0, 0, 0, 0, Optional.empty()));
    append(1);
    clock.advance(Duration.ofSeconds(1));
    append(3);
    assertThat(cursor.backlog()).isEqualTo(new Backlog(4, 32, 0, 0, Optional.of(start)));
    List<Delivery> deliveries = cursor.lease(3, LEASE);
    done(deliveries.get(0).acknowledge());
    done(deliveries.get(1).retryAt(start.plusSeconds(100)));
    assertThat(cursor.backlog())
        .isEqualTo(new Backlog(3, 24, 1, 1, Optional.of(start.plusSeconds(1))));
  }

  @Test
  void whatIsTrimmedIsForgotten() {
    append(5);
    List<Delivery> deliveries = cursor.lease(2, LEASE);
    stream.trim(4);
    assertThat(pending()).containsExactly(4L, 5L);
    assertThat(done(deliveries.getFirst().acknowledge())).isFalse();
    assertThat(stream.status().first()).isEqualTo(4);
    restart();
    assertThat(sequences(cursor.lease(9, LEASE))).containsExactly(4L, 5L);
  }

  @Test
  void attemptsSurviveAKillOnceTheyAreWritten() {
    append(1);
    cursor.lease(1, LEASE);
    work();
    disk = disk.afterKill();
    open();
    assertThat(cursor.lease(1, LEASE).getFirst().attempt()).isEqualTo(2);
  }

  @Test
  void whoWaitsIsWokenByWhatIsAppended() throws Exception {
    EmbeddedLogSettings settings = EmbeddedLogSettings.defaults();
    EmbeddedEventLog threaded =
        new EmbeddedEventLog(new SimulatedFiles(), settings, new Random(1), true);
    try (ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
      EventStream appended = threaded.open("s", StreamSettings.queue());
      EventCursor waits = appended.cursor("c", CursorSettings.fromBeginning());
      Future<List<Delivery>> delivered =
          waiting.submit(() -> waits.lease(1, LEASE, Duration.ofMinutes(1)));
      appended.append(new NewEvent(new byte[0], new byte[0])).join();
      assertThat(sequences(delivered.get())).containsExactly(1L);
      assertThat(waits.lease(1, LEASE, Duration.ZERO)).isEmpty();
      Future<List<Delivery>> closed =
          waiting.submit(() -> waits.lease(1, LEASE, Duration.ofMinutes(1)));
      threaded.close();
      assertThat(closed.get()).isEmpty();
    }
  }
}

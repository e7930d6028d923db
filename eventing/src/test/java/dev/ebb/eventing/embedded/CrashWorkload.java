package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Damage;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.PendingEvent;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.testing.SimulatedFiles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/// Random work on a log, and what was promised in the course of it.
///
/// Segments are of a few kilobytes and payloads of more than 200 bytes large, so that in a few
/// hundred calls of the disk segments are closed, indexed, compacted and deleted, and payloads come
/// and go.
final class CrashWorkload {
  private static final int STREAMS = 3;
  private static final int CURSORS = 2;
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final byte[] ATTRIBUTES = "kind: test".getBytes(UTF_8);

  /// What was promised about a cursor.
  private static final class CursorModel {
    /// Acknowledged, and told so.
    private final Set<Long> done = new HashSet<>();

    /// Acknowledged, and not told whether that is durable.
    private final Set<Long> perhapsDone = new HashSet<>();

    /// How often events were handed out at least, as far as that is durable.
    private final Map<Long, Integer> attempts = new HashMap<>();

    /// Events whose return was asked for, and not told whether that is durable: attempts are not
    /// known.
    private final Set<Long> returned = new HashSet<>();

    /// In this session: the deadlines of leases, and the last event that came for the first time.
    private final Map<Long, Long> leases = new HashMap<>();

    private long lastNew;
    private final List<Delivery> deliveries = new ArrayList<>();
  }

  /// What was promised about a stream.
  private static final class StreamModel {
    /// The contents by sequence number, of which it was told that they are durable.
    private final TreeMap<Long, String> promised = new TreeMap<>();

    /// Contents of which nothing was told.
    private final Set<String> open = new HashSet<>();

    /// Contents of which it was told that they are not in the log.
    private final Set<String> refused = new HashSet<>();

    private final List<CursorModel> cursors = new ArrayList<>();
    private long trimmed;
    private boolean opened;
  }

  private final Random random;
  private final ManualClock clock = new ManualClock();
  private final List<StreamModel> streams = new ArrayList<>();
  private long contents;

  CrashWorkload(Random random) {
    this.random = random;
    for (int index = 0; index < STREAMS; index++) {
      StreamModel stream = new StreamModel();
      for (int cursor = 0; cursor < CURSORS; cursor++) {
        stream.cursors.add(new CursorModel());
      }
      streams.add(stream);
    }
  }

  private EmbeddedEventLog open(SimulatedFiles disk) {
    EmbeddedLogSettings settings =
        EmbeddedLogSettings.defaults().withClock(clock).withSegmentBytes(4096).withInlineBytes(200);
    return new EmbeddedEventLog(disk, settings, random, false);
  }

  void workUntilPowerLoss(SimulatedFiles disk) {
    try {
      EmbeddedEventLog log = open(disk);
      streams.forEach(stream -> stream.cursors.forEach(CrashWorkload::forgetSession));
      while (!disk.isOff()) {
        step(disk, log);
      }
    } catch (EventLogException e) {
      // Whatever fails, fails because the power went; promises count, whatever was told after.
      assertThat(disk.isOff()).as("power is off: " + e).isTrue();
    }
  }

  private static void forgetSession(CursorModel cursor) {
    cursor.leases.clear();
    cursor.deliveries.clear();
    cursor.lastNew = 0;
  }

  private static EventStream stream(EmbeddedEventLog log, int index) {
    return log.open("stream-" + index, StreamSettings.queue());
  }

  private static EventCursor cursor(EmbeddedEventLog log, int stream, int index) {
    return stream(log, stream)
        .cursor("cursor-" + index, CursorSettings.fromBeginning().withWindow(20));
  }

  private void step(SimulatedFiles disk, EmbeddedEventLog log) {
    int index = random.nextInt(STREAMS);
    StreamModel model = streams.get(index);
    if (!model.opened) {
      // A queue keeps what no cursor has done with, so both are there before the first event.
      for (int cursor = 0; cursor < CURSORS; cursor++) {
        cursor(log, index, cursor);
      }
      model.opened = true;
    }
    int choice = random.nextInt(100);
    if (choice < 40) {
      append(disk, log, index, 1 + random.nextInt(4));
    } else if (choice < 65) {
      lease(log, index);
    } else if (choice < 88) {
      end(disk, log, index);
    } else if (choice < 92) {
      clock.advance(Duration.ofSeconds(random.nextInt(8)));
    } else if (choice < 93) {
      trim(log, index);
    } else if (choice < 98) {
      log.clean();
    } else {
      log.work();
    }
  }

  private void append(SimulatedFiles disk, EmbeddedEventLog log, int index, int count) {
    StreamModel model = streams.get(index);
    EventStream stream = stream(log, index);
    Map<String, CompletableFuture<Long>> answers = new HashMap<>();
    for (int n = 0; n < count; n++) {
      boolean large = random.nextInt(6) == 0;
      String content =
          "%d:%s".formatted(++contents, "x".repeat(random.nextInt(150) + (large ? 300 : 0)));
      model.open.add(content);
      byte[] bytes = content.getBytes(UTF_8);
      if (large) {
        try (var upload = stream.upload()) {
          upload.write(ByteBuffer.wrap(bytes, 0, 100));
          if (random.nextInt(8) == 0) {
            model.open.remove(content);
            model.refused.add(content);
            continue;
          }
          upload.write(ByteBuffer.wrap(bytes, 100, bytes.length - 100));
          answers.put(content, upload.commit(ATTRIBUTES));
        }
      } else {
        answers.put(content, stream.append(new NewEvent(ATTRIBUTES, bytes)));
      }
    }
    while (log.work()) {
      // Until all is durable.
    }
    answers.forEach((content, answer) -> {
      assertThat(answer).isDone();
      if (!answer.isCompletedExceptionally()) {
        model.open.remove(content);
        String before = model.promised.put(answer.join(), content);
        assertThat(before).as("a number that was given twice").isNull();
      } else {
        assertThat(disk.isOff()).isTrue();
      }
    });
  }

  private void lease(EmbeddedEventLog log, int index) {
    int number = random.nextInt(CURSORS);
    CursorModel model = streams.get(index).cursors.get(number);
    long now = clock.millis();
    for (Delivery delivery : cursor(log, index, number).lease(1 + random.nextInt(5), LEASE)) {
      long sequence = delivery.event().sequence();
      assertThat(model.done).as("acknowledged events do not come again").doesNotContain(sequence);
      Long until = model.leases.get(sequence);
      assertThat(until == null || until <= now).as("nobody else has %d", sequence).isTrue();
      if (!model.attempts.containsKey(sequence) && delivery.attempt() == 1) {
        assertThat(sequence).as("the order of acceptance").isGreaterThan(model.lastNew);
        model.lastNew = sequence;
      }
      requireContent(streams.get(index), delivery.event());
      model.leases.put(sequence, now + LEASE.toMillis());
      model.deliveries.add(delivery);
    }
  }

  /// Ends some leases.
  private void end(SimulatedFiles disk, EmbeddedEventLog log, int index) {
    CursorModel model = streams.get(index).cursors.get(random.nextInt(CURSORS));
    Map<Delivery, CompletableFuture<Boolean>> done = new HashMap<>();
    Map<Delivery, CompletableFuture<Boolean>> returned = new HashMap<>();
    for (int n = random.nextInt(4); n >= 0 && !model.deliveries.isEmpty(); n--) {
      Delivery delivery = model.deliveries.remove(random.nextInt(model.deliveries.size()));
      long sequence = delivery.event().sequence();
      if (random.nextInt(4) > 0) {
        model.perhapsDone.add(sequence);
        done.put(delivery, delivery.acknowledge());
      } else {
        model.returned.add(sequence);
        returned.put(delivery, delivery.retryAt(clock.instant().plusSeconds(random.nextInt(6))));
      }
    }
    while (log.work()) {
      // Until all is durable.
    }
    done.forEach((delivery, answer) -> {
      if (!answer.isCompletedExceptionally()) {
        model.done.add(delivery.event().sequence());
        model.leases.remove(delivery.event().sequence());
      } else {
        assertThat(disk.isOff()).isTrue();
      }
    });
    returned.forEach((delivery, answer) -> {
      if (!answer.isCompletedExceptionally()) {
        model.returned.remove(delivery.event().sequence());
        if (answer.join()) {
          model.attempts.merge(delivery.event().sequence(), delivery.attempt(), Math::max);
          model.leases.remove(delivery.event().sequence());
        }
      }
    });
  }

  private void trim(EmbeddedEventLog log, int index) {
    StreamModel model = streams.get(index);
    if (!model.promised.isEmpty()) {
      long before = Math.max(model.trimmed, model.promised.firstKey() + random.nextInt(10));
      model.trimmed = Math.max(model.trimmed, Math.min(before, model.promised.lastKey() + 1));
      stream(log, index).trim(model.trimmed);
    }
  }

  /// Looks at everything without changing anything.
  void check(SimulatedFiles disk) {
    EmbeddedEventLog log = open(disk);
    assertThat(log.damages()).filteredOn(damage -> damage.kind() == Damage.Kind.CORRUPT).isEmpty();
    for (int index = 0; index < STREAMS; index++) {
      StreamModel model = streams.get(index);
      EventStream stream = log.find("stream-" + index).orElse(null);
      if (stream == null) {
        assertThat(model.promised).as("stream %d", index).isEmpty();
        continue;
      }
      Map<Long, String> stored = new TreeMap<>();
      for (StoredEvent event : stream.read(1, Integer.MAX_VALUE)) {
        stored.put(event.sequence(), requireContent(model, event));
      }
      assertThat(new HashSet<>(stored.values())).as("no duplicates").hasSameSizeAs(stored.values());
      for (int number = 0; number < CURSORS; number++) {
        EventCursor cursor = stream.findCursor("cursor-" + number).orElse(null);
        assertThat(cursor != null || model.promised.isEmpty()).isTrue();
        if (cursor != null) {
          check(model, model.cursors.get(number), cursor, stored);
        }
      }
    }
  }

  private static void check(
      StreamModel stream, CursorModel model, EventCursor cursor, Map<Long, String> stored) {
    Set<Long> pending = new TreeSet<>();
    for (PendingEvent event : cursor.pending(1, Integer.MAX_VALUE)) {
      pending.add(event.sequence());
      Integer least = model.attempts.get(event.sequence());
      if (least != null && !model.returned.contains(event.sequence())) {
        assertThat(event.attempts()).as("attempts").isGreaterThanOrEqualTo(least);
      }
    }
    assertThat(stored.keySet()).containsAll(pending);
    assertThat(pending).as("acknowledged events").filteredOn(model.done::contains).isEmpty();
    Set<Long> expected = new TreeSet<>(stream.promised.tailMap(stream.trimmed).keySet());
    expected.removeAll(model.done);
    expected.removeAll(model.perhapsDone);
    assertThat(pending).containsAll(expected);
    assertThat(cursor.backlog().events()).isGreaterThanOrEqualTo(pending.size());
  }

  private static String requireContent(StreamModel model, StoredEvent event) {
    String content = new String(event.payload().bytes(), UTF_8);
    String promised = model.promised.get(event.sequence());
    if (promised != null) {
      assertThat(content).isEqualTo(promised);
    } else {
      assertThat(model.open).as("what nobody promised was appended at least").contains(content);
    }
    assertThat(event.attributes()).isEqualTo(ATTRIBUTES);
    return content;
  }

  /// Delivers and acknowledges all that is left.
  void drain(SimulatedFiles disk) {
    EmbeddedEventLog log = open(disk);
    for (int index = 0; index < STREAMS; index++) {
      StreamModel model = streams.get(index);
      for (int number = 0; number < CURSORS && !model.promised.isEmpty(); number++) {
        CursorModel done = model.cursors.get(number);
        EventCursor cursor = cursor(log, index, number);
        clock.advance(Duration.ofHours(1));
        Set<Long> seen = new TreeSet<>();
        List<Delivery> deliveries = cursor.lease(7, LEASE);
        while (!deliveries.isEmpty()) {
          for (Delivery delivery : deliveries) {
            assertThat(seen.add(delivery.event().sequence())).as("once").isTrue();
            requireContent(model, delivery.event());
            var _ = delivery.acknowledge();
          }
          while (log.work()) {
            // Until all is durable.
          }
          log.clean();
          deliveries = cursor.lease(7, LEASE);
        }
        Set<Long> expected = new TreeSet<>(model.promised.tailMap(model.trimmed).keySet());
        expected.removeAll(done.done);
        expected.removeAll(done.perhapsDone);
        assertThat(seen).containsAll(expected);
        assertThat(cursor.backlog().events()).isZero();
      }
    }
    log.clean();
    log.close();
    assertThat(log.damages()).filteredOn(damage -> damage.kind() == Damage.Kind.CORRUPT).isEmpty();
  }
}

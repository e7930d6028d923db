package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Damage;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.testing.SimulatedFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Files that are not as they were written: what can be served is, what is lost is named.
class DamageTest {
  private static final Logger LOGGER = Logger.getLogger(Damages.class.getName());
  private static final int EVENTS = 200;
  private static final int FLIPS = Boolean.getBoolean("ebb.long") ? 20_000 : 600;

  @BeforeAll
  static void quiet() {
    LOGGER.setLevel(Level.OFF);
  }

  @AfterAll
  static void loud() {
    LOGGER.setLevel(null);
  }

  private static EmbeddedEventLog open(SimulatedFiles disk) {
    EmbeddedLogSettings settings =
        EmbeddedLogSettings.defaults().withSegmentBytes(4096).withInlineBytes(300);
    return new EmbeddedEventLog(disk, settings, new Random(1), false);
  }

  private static String content(long sequence) {
    return sequence + (sequence % 10 == 0 ? "x".repeat(400) : "x".repeat((int) (sequence % 90)));
  }

  /// Two streams, one event each in turn; the cursor has acknowledged the first 20 of one.
  private static SimulatedFiles written(boolean indexed) {
    SimulatedFiles disk = new SimulatedFiles();
    EmbeddedEventLog log = open(disk);
    EventStream[] streams = {
      log.open("even", StreamSettings.queue()), log.open("odd", StreamSettings.queue())
    };
    EventCursor cursor = streams[0].cursor("c", CursorSettings.fromBeginning());
    for (int n = 1; n <= EVENTS; n++) {
      for (EventStream stream : streams) {
        var _ = stream.append(new NewEvent(new byte[] {7}, content(n).getBytes(UTF_8)));
        log.work();
      }
      if (n == 50) {
        for (Delivery delivery : cursor.lease(20, Duration.ofMinutes(1))) {
          var _ = delivery.acknowledge();
        }
        work(log);
      }
      if (indexed && n % 20 == 0) {
        log.clean();
      }
    }
    if (indexed) {
      log.close();
    }
    return disk.afterKill();
  }

  @Test
  void aBitThatIsFlippedAnywhereCostsNoMoreThanIsNamed() throws IOException {
    Random random = new Random(7);
    SimulatedFiles[] disks = {written(true), written(false)};
    for (int flip = 0; flip < FLIPS; flip++) {
      SimulatedFiles disk = disks[flip % 2].afterKill();
      List<String> names = disk.list();
      String name = names.get(random.nextInt(names.size()));
      long offset;
      try (LogFile file = disk.open(name)) {
        offset = random.nextLong(file.size());
      }
      disk.flipBit(name, offset, random.nextInt(8));
      check(disk, "bit of byte %d of %s".formatted(offset, name), /* mayEndEarlier= */ false);
    }
  }

  @Test
  void aFileThatIsCutAnywhereCostsNoMoreThanIsNamed() throws IOException {
    Random random = new Random(8);
    SimulatedFiles[] disks = {written(true), written(false)};
    for (int cut = 0; cut < FLIPS / 4; cut++) {
      SimulatedFiles disk = disks[cut % 2].afterKill();
      List<String> names = disk.list();
      String name = names.get(random.nextInt(names.size()));
      long size;
      try (LogFile file = disk.open(name)) {
        size = random.nextLong(file.size());
      }
      disk.cut(name, size);
      // Cut behind a batch, the segment that is written last is what a crash before the next batch
      // would have left: nothing tells the two apart.
      boolean newest = name.equals(newestSegment(names));
      check(disk, "%s cut to %d".formatted(name, size), newest);
    }
  }

  private static String newestSegment(List<String> names) {
    return names.stream()
        .filter(name -> name.endsWith(".segment"))
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  /// @param mayEndEarlier whether the newest events may be gone without a word
  private static void check(SimulatedFiles disk, String what, boolean mayEndEarlier) {
    EmbeddedEventLog log = open(disk);
    for (String name : List.of("even", "odd")) {
      Optional<EventStream> stream = log.find(name);
      if (stream.isEmpty()) {
        assertThat(log.damages()).as(what).isNotEmpty();
        continue;
      }
      TreeSet<Long> served = new TreeSet<>();
      for (StoredEvent event : stream.get().read(1, 10 * EVENTS)) {
        try {
          String text = new String(event.payload().bytes(), UTF_8);
          assertThat(text).as(what).isEqualTo(content(event.sequence()));
          served.add(event.sequence());
        } catch (DamagedEventException e) {
          assertThat(log.damages()).as(what).isNotEmpty();
        }
      }
      boolean tail = log.damages().stream().anyMatch(damage -> damage.lost().isEmpty());
      long end = mayEndEarlier ? (served.isEmpty() ? 0 : served.last()) : EVENTS;
      for (long sequence = name.equals("even") ? 21 : 1; sequence <= end; sequence++) {
        if (!served.contains(sequence)) {
          assertThat(tail || isNamed(log.damages(), name, sequence))
              .as("%s: event %d of %s, damages %s", what, sequence, name, log.damages())
              .isTrue();
        }
      }
    }
    // And it goes on.
    EventStream stream = log.open("even", StreamSettings.queue());
    var appended = stream.append(new NewEvent(new byte[0], new byte[0]));
    log.work();
    assertThat(appended).as(what).isCompleted();
    log.clean();
    deliverAll(log, stream);
  }

  private static void work(EmbeddedEventLog log) {
    while (log.work()) {
      // Until all is durable.
    }
  }

  private static void deliverAll(EmbeddedEventLog log, EventStream stream) {
    EventCursor cursor = stream.cursor("c", CursorSettings.fromBeginning());
    List<Delivery> deliveries = cursor.lease(100, Duration.ofMinutes(1));
    while (!deliveries.isEmpty()) {
      deliveries.forEach(delivery -> {
        var _ = delivery.acknowledge();
      });
      work(log);
      deliveries = cursor.lease(100, Duration.ofMinutes(1));
    }
    work(log);
    assertThat(cursor.backlog().events()).isZero();
  }

  private static boolean isNamed(List<Damage> damages, String stream, long sequence) {
    return damages.stream()
        .flatMap(damage -> damage.lost().stream())
        .anyMatch(lost ->
            lost.stream().equals(stream) && lost.first() <= sequence && sequence <= lost.last());
  }

  @Test
  void whatIsLostInTheMiddleIsNamedAndTheRestServed() throws IOException {
    SimulatedFiles disk = written(true);
    String segment = disk.list().stream().filter(name -> name.endsWith(".segment")).toList().get(1);
    disk.flipBit(segment, 3000, 0);
    EmbeddedEventLog log = open(disk);
    int served = 0;
    for (String name : List.of("even", "odd")) {
      served += log.find(name).orElseThrow().read(1, 10 * EVENTS).size();
    }
    assertThat(served).isEqualTo(2 * EVENTS - 20 - 1);
    assertThat(log.damages()).hasSize(1);
    Damage damage = log.damages().getFirst();
    assertThat(damage.kind()).isEqualTo(Damage.Kind.CORRUPT);
    assertThat(damage.file()).isEqualTo(segment);
    assertThat(damage.from()).isLessThanOrEqualTo(3000);
    assertThat(damage.to()).isGreaterThan(3000);
    Damage.Lost lost = damage.lost().getFirst();
    assertThat(lost.first()).isEqualTo(lost.last());
    EventStream stream = log.find(lost.stream()).orElseThrow();
    assertThatThrownBy(() -> stream.read(lost.first()))
        .isInstanceOf(DamagedEventException.class)
        .hasMessageContaining("event " + lost.first() + " of stream " + lost.stream());
  }

  @Test
  void aPayloadThatIsNotWhatWasWrittenIsToldAtItsEnd() throws IOException {
    SimulatedFiles disk = written(true);
    String name =
        disk.list().stream().filter(it -> it.endsWith(".payload")).findFirst().orElseThrow();
    disk.flipBit(name, 100, 3);
    EmbeddedEventLog log = open(disk);
    long damaged =
        List.of("even", "odd").stream()
            .flatMap(it -> log.find(it).orElseThrow().read(1, 10 * EVENTS).stream())
            .filter(event -> event.payload().length() > 300)
            .filter(event -> {
              try {
                return event.payload().bytes().length == 0;
              } catch (DamagedEventException e) {
                return true;
              }
            })
            .count();
    assertThat(damaged).isEqualTo(1);
    assertThat(log.damages()).extracting(Damage::file).containsExactly(name);
  }
}

package dev.ebb.eventing.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.EventLogBusyException;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.EventTooLargeException;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.StoredEvent;
import dev.ebb.eventing.log.StreamFullException;
import dev.ebb.eventing.log.StreamSettings;
import dev.ebb.eventing.log.Upload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Streams on a real disk, with the log's own threads.
class EmbeddedEventLogTest {
  private static final EmbeddedLogSettings SETTINGS =
      EmbeddedLogSettings.defaults().withSegmentBytes(1 << 16).withInlineBytes(1000);

  @TempDir private Path parent;
  private Path directory;
  private EmbeddedEventLog log;

  @BeforeEach
  void open() {
    directory = parent.resolve("events");
    log = EmbeddedEventLog.open(directory, SETTINGS);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void reopen(EmbeddedLogSettings settings) {
    log.close();
    log = EmbeddedEventLog.open(directory, settings);
  }

  private static NewEvent event(String payload) {
    return new NewEvent("a".getBytes(UTF_8), payload.getBytes(UTF_8));
  }

  private static String text(StoredEvent event) {
    return new String(event.payload().bytes(), UTF_8);
  }

  @Test
  void eventsAreThereInOrderAndAfterReopeningToo() {
    EventStream stream = log.open("s", StreamSettings.queue());
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int n = 1; n <= 1000; n++) {
      answers.add(stream.append(event("event " + n + "x".repeat(200))));
    }
    assertThat(answers.stream().map(CompletableFuture::join))
        .isEqualTo(IntStream.rangeClosed(1, 1000).mapToObj(Long::valueOf).toList());
    for (int turn = 0; turn < 2; turn++) {
      EventStream found = log.find("s").orElseThrow();
      assertThat(found.read(1, 2000)).hasSize(1000);
      assertThat(text(found.read(700).orElseThrow())).startsWith("event 700x");
      assertThat(found.read(1001)).isEmpty();
      assertThat(found.status().last()).isEqualTo(1000);
      assertThat(log.status().segments()).isGreaterThan(2);
      reopen(SETTINGS);
    }
    assertThat(log.find("s").orElseThrow().append(event("next")).join()).isEqualTo(1001);
    assertThat(log.damages()).isEmpty();
  }

  @Test
  void aLogThatNobodyUsesHasNoThreadAndNoFileButItsLock() throws IOException {
    assertThat(log.streams()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("ebb-event-log");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("lock"));
    }
  }

  @Test
  void aDirectoryHasOneLogAtATime() {
    assertThatThrownBy(() -> EmbeddedEventLog.open(directory, SETTINGS))
        .isInstanceOf(EventLogException.class)
        .hasMessageContaining("in use");
  }

  @Test
  void producersThatWaitShareSyncs() throws Exception {
    EventStream stream = log.open("s", StreamSettings.queue());
    long before = log.status().commits();
    try (ExecutorService producers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int producer = 0; producer < 64; producer++) {
        all.add(
            producers.submit(() -> {
              for (int n = 0; n < 20; n++) {
                stream.append(event("x")).join();
              }
            }));
      }
      for (Future<?> producer : all) {
        producer.get();
      }
    }
    assertThat(log.status().appends()).isEqualTo(64 * 20);
    // How many of them meet is the machine's business: the next test decides it.
    assertThat(log.status().commits() - before).isLessThan(64 * 20);
  }

  @Test
  void whatWaitsTogetherIsSyncedOnce() throws IOException {
    try (EmbeddedEventLog own =
        new EmbeddedEventLog(
            new DiskFiles(parent.resolve("own")), SETTINGS, new Random(1), /* threaded= */ false)) {
      EventStream stream = own.open("s", StreamSettings.queue());
      for (int round = 1; round <= 20; round++) {
        long before = own.status().commits();
        List<CompletableFuture<Long>> answers = new ArrayList<>();
        for (int producer = 0; producer < 64; producer++) {
          answers.add(stream.append(event("x")));
        }
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(own.work()).isTrue();
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(own.status().commits() - before).isEqualTo(1);
      }
    }
  }

  @Test
  void whatWasClosedInOrderIsOpenedFromItsCheckpointAndIndexes() throws IOException {
    reopen(EmbeddedLogSettings.defaults());
    EventStream stream = log.open("s", StreamSettings.queue());
    for (int n = 0; n < 100; n++) {
      stream.append(new NewEvent(new byte[0], new byte[50_000])).join();
    }
    log.close();
    try (Stream<Path> files = Files.list(directory)) {
      List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
      assertThat(names).filteredOn(name -> name.endsWith(".segment")).hasSize(2);
      assertThat(names).filteredOn(name -> name.endsWith(".index")).hasSize(1);
      Path newest =
          directory.resolve(
              names.stream().filter(it -> it.endsWith(".segment")).toList().getLast());
      assertThat(Files.size(newest)).isLessThan(2000);
    }
    log = EmbeddedEventLog.open(directory, EmbeddedLogSettings.defaults());
    assertThat(log.find("s").orElseThrow().read(100).orElseThrow().payload().length())
        .isEqualTo(50_000);
  }

  @Test
  void aThousandStreamsShareFilesToo() {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int n = 0; n < 1000; n++) {
      EventStream stream = log.open("stream " + n, StreamSettings.queue());
      answers.add(stream.append(event("of " + n)));
    }
    assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(1));
    reopen(SETTINGS);
    assertThat(log.streams()).hasSize(1000);
    assertThat(text(log.find("stream 321").orElseThrow().read(1).orElseThrow()))
        .isEqualTo("of 321");
    assertThat(log.status().segments()).isLessThan(20);
  }

  @Test
  void largePayloadsAreFilesUntilNobodyNeedsThem() throws IOException {
    EventStream stream = log.open("s", StreamSettings.queue());
    var cursor = stream.cursor("c", CursorSettings.fromBeginning());
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    try (Upload upload = stream.upload()) {
      for (int from = 0; from < bytes.length; from += 1000) {
        upload.write(ByteBuffer.wrap(bytes, from, 1000));
      }
      assertThat(upload.commit(new byte[0]).join()).isEqualTo(1);
    }
    try (Upload dropped = stream.upload()) {
      dropped.write(ByteBuffer.wrap(bytes));
    }
    assertThat(payloads()).hasSize(1);
    reopen(SETTINGS);
    var delivery =
        log.find("s")
            .orElseThrow()
            .findCursor(cursor.name())
            .orElseThrow()
            .lease(1, Duration.ofMinutes(1))
            .getFirst();
    assertThat(delivery.event().payload().length()).isEqualTo(bytes.length);
    try (InputStream in = delivery.event().payload().open()) {
      assertThat(delivery.acknowledge().join()).isTrue();
      log.clean();
      assertThat(in.readAllBytes()).as("it was opened in time").isEqualTo(bytes);
    }
    assertThat(payloads()).isEmpty();
  }

  private List<Path> payloads() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".payload")).toList();
    }
  }

  @Test
  void whatIsTooMuchIsRefused() {
    reopen(SETTINGS.withMaxPayloadBytes(5000).withWaitingBytes(1));
    EventStream stream = log.open("s", StreamSettings.queue().withMaxEvents(3));
    assertThat(stream.append(new NewEvent(new byte[0], new byte[5001])))
        .completesExceptionallyWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withCauseInstanceOf(EventTooLargeException.class);
    assertThat(stream.append(new NewEvent(new byte[1 << 17], new byte[0])))
        .completesExceptionallyWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withCauseInstanceOf(EventTooLargeException.class);
    for (int n = 0; n < 3; n++) {
      stream.append(event("x")).join();
    }
    assertThat(stream.append(event("x")))
        .completesExceptionallyWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withCauseInstanceOf(StreamFullException.class)
        .withMessageContaining("it may have 3 events");
    assertThat(stream.status().events()).isEqualTo(3);
    assertThatThrownBy(() -> log.open("", StreamSettings.queue()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> log.open("a\nb", StreamSettings.queue()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreThanMayWaitIsRefused() {
    OpQueue queue = new OpQueue(1000, 1 << 20);
    List<EventLogException> refused = new ArrayList<>();
    for (int n = 0; n < 5; n++) {
      queue.add(
          new EntryOp<Boolean>(
              () -> new Entry.StreamDeleted(1), _ -> true, () -> refused.add(null), false));
    }
    assertThat(refused).hasSize(2);
    assertThat(queue.poll()).hasSize(3);
    assertThat(new EventLogBusyException(7)).hasMessageContaining("7 bytes");
  }

  @Test
  void settingsOfAStreamCanBeChangedAndItCanBeDeleted() {
    EventStream stream = log.open("s", StreamSettings.queue().withMaxEvents(1));
    stream.append(event("x")).join();
    log.open("s", StreamSettings.queue());
    assertThat(stream.append(event("x")).join()).isEqualTo(2);
    assertThat(stream.settings()).isEqualTo(StreamSettings.queue());

    assertThat(log.delete("s")).isTrue();
    assertThat(log.delete("s")).isFalse();
    assertThat(stream.append(event("x")))
        .completesExceptionallyWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withCauseInstanceOf(NoSuchStreamException.class);
    assertThat(log.open("s", StreamSettings.queue()).read(1, 10)).isEmpty();
    reopen(SETTINGS);
    assertThat(log.find("s").orElseThrow().read(1, 10)).isEmpty();
  }

  @Test
  void afterClosingEverythingIsRefused() {
    EventStream stream = log.open("s", StreamSettings.queue());
    log.close();
    assertThat(stream.append(event("x")))
        .completesExceptionallyWithin(Duration.ofMinutes(1))
        .withThrowableThat()
        .withMessageContaining("closed");
  }
}

package dev.ebb.bench;

import dev.ebb.eventing.embedded.EmbeddedEventLog;
import dev.ebb.eventing.embedded.EmbeddedLogSettings;
import dev.ebb.eventing.log.CursorSettings;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.LogStatus;
import dev.ebb.eventing.log.NewEvent;
import dev.ebb.eventing.log.StreamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

/// The event log: durable appends, delivery, recovery of a million events, and the memory that they
/// take; beside the disk, which syncs as many bytes as often as it can, and beside NATS JetStream
/// where there is a `nats-server`.
final class LogBench {
  private static final String APPENDS = "event log: durable appends of 1 KB";
  private static final String DELIVERY =
      "event log: delivery of 1 KB events, leased and acknowledged durably";
  private static final String MILLION = "event log: 1,000,000 queued events of 1 KB";
  private static final int[] PRODUCERS = {1, 16, 64};
  private static final int EVENTS = 1_000_000;
  private static final byte[] ATTRIBUTES = new byte[100];
  private static final byte[] BODY = new byte[1000];

  /// So many appends wait at once where one thread makes the million.
  private static final int AHEAD = 10_000;

  private final int rounds;
  private final int seconds;
  private final Path directory = Main.home().resolve("target/bench-log");

  LogBench(int rounds, int seconds) {
    this.rounds = rounds;
    this.seconds = seconds;
  }

  void run(Report report) throws IOException {
    deleteAll();
    Files.createDirectories(directory);
    try {
      // The first warms up; the ways take turns, and the median round counts.
      for (int producers : PRODUCERS) {
        List<Appends> runs = new ArrayList<>();
        List<Double> limits = new ArrayList<>();
        append(producers);
        for (int round = 0; round < rounds; round++) {
          Appends run = append(producers);
          runs.add(run);
          limits.add(syncs(run.bytesPerCommit()) * run.perCommit());
        }
        runs.sort(Comparator.comparingDouble(Appends::rate));
        Appends median = runs.get(rounds / 2);
        double limit = new Samples(limits).median();
        report
            .row(APPENDS, producers == 1 ? "1 producer" : producers + " producers")
            .put("events/s", median.rate())
            .put("p50 ms", median.latencies().percentile(0.5))
            .put("p99 ms", median.latencies().percentile(0.99))
            .put("events per sync", median.perCommit())
            .put("the disk alone, events/s", limit)
            .put("of the disk", median.rate() / limit);
      }
      nats(report);
      million(report);
    } finally {
      deleteAll();
    }
  }

  /// The same by JetStream, each producer over a connection of its own.
  private void nats(Report report) {
    try (NatsJetStream server = new NatsJetStream(directory.resolve("nats"))) {
      for (int producers : PRODUCERS) {
        byte[] event = new byte[ATTRIBUTES.length + BODY.length];
        server.publish(producers, seconds, event);
        List<NatsJetStream.Published> runs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
          runs.add(server.publish(producers, seconds, event));
        }
        runs.sort(Comparator.comparingDouble(NatsJetStream.Published::rate));
        NatsJetStream.Published median = runs.get(rounds / 2);
        report
            .row(
                APPENDS,
                "NATS JetStream, " + (producers == 1 ? "1 producer" : producers + " producers"))
            .put("events/s", median.rate())
            .put("p50 ms", median.latencies().percentile(0.5))
            .put("p99 ms", median.latencies().percentile(0.99));
      }
    } catch (IOException e) {
      report.fact("NATS JetStream", "not measured: " + e.getMessage());
    }
  }

  /// @param perCommit events that shared a sync
  private record Appends(double rate, Samples latencies, double perCommit, int bytesPerCommit) {}

  private Appends append(int producers) {
    Path data = directory.resolve("appends");
    deleteTree(data);
    try (EmbeddedEventLog log = EmbeddedEventLog.open(data, EmbeddedLogSettings.defaults())) {
      EventStream stream = log.open("queue", StreamSettings.queue());
      LogStatus before = log.status();
      long start = System.nanoTime();
      long end = start + Duration.ofSeconds(seconds).toNanos();
      List<List<Double>> latencies = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int producer = 0; producer < producers; producer++) {
          List<Double> own = new ArrayList<>();
          latencies.add(own);
          threads.execute(() -> {
            for (long now = System.nanoTime(); now < end; ) {
              stream.append(new NewEvent(ATTRIBUTES, BODY)).join();
              long done = System.nanoTime();
              own.add((done - now) / 1e6);
              now = done;
            }
          });
        }
      }
      double elapsed = (System.nanoTime() - start) / 1e9;
      LogStatus after = log.status();
      double appends = after.appends() - before.appends();
      double perCommit = appends / (after.commits() - before.commits());
      return new Appends(
          appends / elapsed,
          new Samples(latencies.stream().flatMap(List::stream).toList()),
          perCommit,
          (int) (perCommit * (ATTRIBUTES.length + BODY.length + 44)));
    }
  }

  /// How often the disk syncs so many appended bytes, per second.
  private double syncs(int bytes) {
    Path file = directory.resolve("raw");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
      long start = System.nanoTime();
      long end = start + Duration.ofSeconds(seconds).toNanos();
      long count = 0;
      for (; System.nanoTime() < end; count++) {
        channel.write(buffer.clear(), count * bytes);
        channel.force(false);
      }
      return count * 1e9 / (System.nanoTime() - start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void million(Report report) {
    Path data = directory.resolve("million");
    long empty = HeapBytes.ofThisProcess();
    EmbeddedLogSettings settings = EmbeddedLogSettings.defaults();
    long start = System.nanoTime();
    double heap;
    try (EmbeddedEventLog log = EmbeddedEventLog.open(data, settings)) {
      EventStream stream = log.open("queue", StreamSettings.queue());
      stream.cursor("delivery", CursorSettings.fromBeginning());
      Semaphore ahead = new Semaphore(AHEAD);
      for (int n = 0; n < EVENTS; n++) {
        ahead.acquireUninterruptibly();
        var _ =
            stream.append(new NewEvent(ATTRIBUTES, BODY)).whenComplete((_, _) -> ahead.release());
      }
      ahead.acquireUninterruptibly(AHEAD);
      report
          .row(MILLION, "appended by one thread that does not wait")
          .put("s", (System.nanoTime() - start) / 1e9)
          .put("events/s", EVENTS / ((System.nanoTime() - start) / 1e9));
      log.clean();
      heap = HeapBytes.ofThisProcess() - empty;
    }
    report.row(MILLION, "heap that they take").put("MiB", heap / (1 << 20));
    start = System.nanoTime();
    try (EmbeddedEventLog log = EmbeddedEventLog.open(data, settings)) {
      EventCursor cursor = log.find("queue").orElseThrow().findCursor("delivery").orElseThrow();
      List<Delivery> first = cursor.lease(1, Duration.ofMinutes(1));
      report
          .row(MILLION, "opened again until the first is delivered")
          .put("s", (System.nanoTime() - start) / 1e9)
          .put("target s", 3);
      var _ = first.getFirst().giveBack(Instant.EPOCH).join();
      deliver(report, log, cursor);
    }
  }

  private void deliver(Report report, EmbeddedEventLog log, EventCursor cursor) {
    long start = System.nanoTime();
    long delivered = 0;
    CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);
    while (delivered < EVENTS) {
      List<Delivery> some = lease(cursor);
      for (Delivery delivery : some) {
        last = delivery.acknowledge();
      }
      delivered += some.size();
    }
    last.join();
    double elapsed = (System.nanoTime() - start) / 1e9;
    report
        .row(DELIVERY, "one consumer, 100 at a time")
        .put("events/s", delivered / elapsed)
        .put("events", (double) delivered);
    log.clean();
    report
        .row(MILLION, "disk after all are acknowledged")
        .put("MiB", log.status().bytes() / (double) (1 << 20));
  }

  private static List<Delivery> lease(EventCursor cursor) {
    try {
      return cursor.lease(100, Duration.ofMinutes(5), Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void deleteAll() {
    deleteTree(directory);
  }

  private static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

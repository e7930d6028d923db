package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A watchdog for transports that lose a wake-up: under load each answer comes, and none is late by
/// more than a second, or by more than this machine itself stood still meanwhile.
class StallTest {
  private static final int CLIENTS = 32;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long LOAD = Long.getLong("ebb.stall.seconds", 3) * SECOND;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path directory;

  /// Each once: `AUTO` is one of the others.
  static List<Transport> transports() {
    return Fixture.transports().stream().filter(transport -> transport != Transport.AUTO).toList();
  }

  private final LongAdder answers = new LongAdder();
  private final Queue<String> stalls = new ConcurrentLinkedQueue<>();
  private final LongAdder lateness = new LongAdder();

  @ParameterizedTest
  @MethodSource("transports")
  void noAnswerIsLostUnderLoad(Transport transport) throws Exception {
    long end = System.nanoTime() + LOAD;
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      List<Thread> threads = new ArrayList<>();
      threads.add(Thread.ofPlatform().start(() -> feelThePulse(end)));
      for (int i = 0; i < CLIENTS; i++) {
        threads.add(Thread.ofVirtual().start(() -> ask(fixture, end)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(stalls).isEmpty();
    assertThat(answers.sum()).isGreaterThan(CLIENTS);
  }

  /// A connection is used for 100 requests, so that sockets come and go as well.
  private void ask(Fixture fixture, long end) {
    try {
      while (System.nanoTime() < end) {
        try (Fixture.Client client = fixture.connect()) {
          for (int i = 0; i < 100 && System.nanoTime() < end; i++) {
            long begin = System.nanoTime();
            long excused = lateness.sum();
            String answer = client.send(GET).response();
            long took = System.nanoTime() - begin - (lateness.sum() - excused);
            if (took > SECOND || !answer.startsWith("HTTP/1.1 200")) {
              stalls.add(took / 1_000_000 + " ms: " + answer);
            }
            answers.increment();
          }
        }
      }
    } catch (IOException lost) {
      stalls.add(lost.toString());
    }
  }

  /// Sums up by how much a thread that wants to run every 10 ms comes too late.
  private void feelThePulse(long end) {
    long beat = TimeUnit.MILLISECONDS.toNanos(10);
    long last = System.nanoTime();
    while (last < end) {
      LockSupport.parkNanos(beat);
      long now = System.nanoTime();
      lateness.add(Math.max(0, now - last - beat));
      last = now;
    }
  }
}

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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A watchdog for transports that lose a wake-up: under load each answer comes. One whose wake-up
/// is lost has nobody who wakes its thread when the load is over, and does not come at all; one
/// that takes seconds tells that this machine has other work.
class StallTest {
  private static final int CLIENTS = 32;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long PATIENCE = 20 * SECOND;
  private static final long LOAD = Long.getLong("ebb.stall.seconds", 3) * SECOND;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  @TempDir Path directory;

  /// Each once: `AUTO` is one of the others.
  static List<Transport> transports() {
    return Fixture.transports().stream().filter(transport -> transport != Transport.AUTO).toList();
  }

  private final LongAdder answers = new LongAdder();
  private final Queue<String> stalls = new ConcurrentLinkedQueue<>();

  @ParameterizedTest
  @MethodSource("transports")
  void noAnswerIsLostUnderLoad(Transport transport) throws Exception {
    long end = System.nanoTime() + LOAD;
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        threads.add(Thread.ofVirtual().start(() -> ask(fixture, end)));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(stalls).isEmpty();
    assertThat(answers.sum()).isPositive();
  }

  /// A connection is used for 100 requests, so that sockets come and go as well.
  private void ask(Fixture fixture, long end) {
    try {
      while (System.nanoTime() < end) {
        try (Fixture.Client client = fixture.connect()) {
          for (int i = 0; i < 100 && System.nanoTime() < end; i++) {
            long begin = System.nanoTime();
            String answer = client.send(GET).response();
            long took = System.nanoTime() - begin;
            if (took > PATIENCE || !answer.startsWith("HTTP/1.1 200")) {
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
}

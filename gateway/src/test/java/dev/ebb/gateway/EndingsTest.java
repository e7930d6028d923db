package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.InstanceId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How exchanges end that do not end well.
class EndingsTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final InstanceId ONE = new InstanceId("i1");

  @TempDir Path directory;

  @Test
  void aLateInstanceGivesA504AndKeepsItsSlotUntilItHasAnswered() throws IOException {
    CountDownLatch answer = new CountDownLatch(1);
    Upstream.Script script =
        c -> {
          c.head();
          awaitQuietly(answer);
          c.answer(200, "late");
        };
    try (Fixture fixture =
            new Fixture(config -> config, Fixture.limits(1, Duration.ofMillis(100)));
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(GET).response())
          .startsWith("HTTP/1.1 504")
          .contains("\"reason\":\"Timeout\"");
      assertThat(fixture.gateway.inFlight(ONE)).isEqualTo(1);
      answer.countDown();
      await().until(() -> fixture.gateway.inFlight(ONE) == 0);
      assertThat(fixture.stuck).isEmpty();
    }
  }

  @Test
  void anInstanceThatNeverAnswersIsGivenUp() throws IOException {
    Upstream.Script script = c -> awaitQuietly(new CountDownLatch(1));
    try (Fixture fixture =
            new Fixture(
                config -> config.withStuckGrace(Duration.ofMillis(100)),
                Fixture.limits(1, Duration.ofMillis(100)));
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(GET).response()).startsWith("HTTP/1.1 504");
      await().until(() -> fixture.stuck.contains(ONE));
      assertThat(fixture.gateway.inFlight(ONE)).isZero();
    }
  }

  @Test
  void aClientThatLeavesTheQueueTakesNoSlotLater() throws IOException {
    try (Fixture fixture = Fixture.start()) {
      try (Fixture.Client client = fixture.connect()) {
        client.send(GET);
        await().until(() -> !fixture.demands.isEmpty());
      }
      await()
          .until(() ->
              fixture.gateway.collect().values().stream().allMatch(stats -> stats.waiting() == 0));
    }
  }

  @Test
  void aClientThatLeavesCancelsTheExchange() throws IOException {
    CountDownLatch cancelled = new CountDownLatch(1);
    Upstream.Script script =
        c -> {
          c.head();
          if (c.in().read() < 0) {
            cancelled.countDown();
          }
        };
    try (Fixture fixture = new Fixture(config -> config, Fixture.limits(1));
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      try (Fixture.Client client = fixture.connect()) {
        client.send(GET);
        await().until(() -> fixture.gateway.inFlight(ONE) == 1);
      }
      await().until(() -> cancelled.getCount() == 0);
      await().until(() -> fixture.gateway.inFlight(ONE) == 0);
    }
  }

  @Test
  void aStaleConnectionIsReplacedForARequestThatMayBeRepeated() throws IOException {
    AtomicInteger connections = new AtomicInteger();
    Upstream.Script script =
        c -> {
          int number = connections.incrementAndGet();
          c.head();
          c.answer(200, "n" + number);
          // Takes the next request of the first connection, and closes without a word.
          c.head();
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(GET).response()).endsWith("n1");
      assertThat(client.send(GET).response()).endsWith("n2");
      String post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
      assertThat(client.send(post).response()).contains("\"reason\":\"UpstreamFailed\"");
    }
  }

  @Test
  void aResponseThatIsCutShortBreaksTheConnection() throws IOException {
    Upstream.Script script =
        c -> {
          c.head();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      assertThat(fixture.exchange(GET)).startsWith("HTTP/1.1 200").endsWith("half");
    }
  }

  @Test
  void drainWaitsForWhatIsInFlight() throws IOException {
    CountDownLatch answer = new CountDownLatch(1);
    Upstream.Script script =
        c -> {
          c.head();
          awaitQuietly(answer);
          c.answer(200, "done");
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send(GET);
      await().until(() -> fixture.gateway.inFlight(ONE) == 1);
      var drained = fixture.gateway.drain(ONE).toCompletableFuture();
      assertThat(drained).isNotDone();
      answer.countDown();
      assertThat(client.response()).endsWith("done");
      await().until(drained::isDone);
    }
  }

  @Test
  void closeLetsTheRequestInFlightFinish() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Upstream.Script script =
        c -> {
          c.head();
          awaitQuietly(answer);
          c.answer(200, "whole");
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send(GET);
      await().until(() -> fixture.gateway.inFlight(ONE) == 1);
      Thread closing = Thread.ofVirtual().start(fixture.gateway::close);
      answer.countDown();
      assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("whole");
      closing.join();
    }
  }

  @Test
  void aBodyBeyondTheLimitGetsA413() throws IOException {
    try (Fixture fixture = new Fixture(config -> config.withMaxBodyBytes(10), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      String head = "POST / HTTP/1.1\r\nHost: a\r\n";
      assertThat(fixture.exchange(head + "Content-Length: 11\r\n\r\nhello hello"))
          .startsWith("HTTP/1.1 413")
          .contains("BodyTooLarge");
      assertThat(
              fixture.exchange(
                  head
                      + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello hello\r\n0\r\n\r\n"))
          .startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aClientThatIsSlowWithItsHeaderGetsA408() throws IOException {
    try (Fixture fixture =
        new Fixture(config -> config.withHeadTimeout(Duration.ofMillis(100)), Fixture.limits(0))) {
      assertThat(fixture.exchange("GET / HTTP/1.1\r\nHost: a\r\nX: ")).startsWith("HTTP/1.1 408");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }
}

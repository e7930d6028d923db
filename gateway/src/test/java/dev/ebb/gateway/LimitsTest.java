package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Time-outs, bounds, and what is told of an exchange.
class LimitsTest {
  private static final String GET = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(150);

  @TempDir Path directory;

  @Test
  void anInstanceThatDoesNotBeginToAnswerInTimeGivesA504() throws IOException {
    RequestLimits limits = new RequestLimits(0, MINUTE, SHORT, Duration.ZERO, 100);
    try (Fixture fixture = new Fixture(config -> config, limits);
        Upstream upstream = new Upstream(directory, c -> blockForEver());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(GET).response())
          .startsWith("HTTP/1.1 504")
          .contains("\"reason\":\"Timeout\"", "request timeout", "silent");
    }
  }

  @Test
  void whoeverFindsTheQueueFullIsToldWhenToComeBack() throws IOException {
    RequestLimits limits = new RequestLimits(1, MINUTE, Duration.ZERO, Duration.ZERO, 2);
    try (Fixture fixture = new Fixture(config -> config, limits);
        Fixture.Client first = fixture.connect();
        Fixture.Client second = fixture.connect();
        Fixture.Client third = fixture.connect();
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      first.send(GET);
      second.send(GET);
      await()
          .untilAsserted(() ->
              assertThat(samples(fixture, "ebb_gateway_queue_depth"))
                  .singleElement()
                  .extracting(Sample::value)
                  .isEqualTo(new MetricFamily.Value.Scalar(2)));
      assertThat(third.send(GET).response())
          .startsWith("HTTP/1.1 503")
          .containsIgnoringCase("\r\nretry-after: 1\r\n")
          .contains("\"reason\":\"QueueFull\"");
      fixture.ready("i1", upstream);
      assertThat(first.response()).startsWith("HTTP/1.1 200");
      assertThat(second.response()).startsWith("HTTP/1.1 200");
      assertThat(third.send(GET).response()).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void anAnswerThatBeganInTimeMayTakeLonger() throws IOException {
    String answer = Haste.longEnough(LimitsTest::isInTime, time -> slowAnswer(time));
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("halfsecond");
  }

  /// Whether the instance began to answer before the time was over.
  private static boolean isInTime(String answer) {
    return !answer.startsWith("HTTP/1.1 504");
  }

  /// Of a request whose answer begins at once, and ends when the time is over.
  private String slowAnswer(Duration timeout) throws IOException {
    RequestLimits limits = new RequestLimits(0, timeout, Duration.ZERO, Duration.ZERO, 100);
    CountDownLatch finish = new CountDownLatch(1);
    Upstream.Script script =
        c -> {
          if (!c.head().startsWith("GET /slow")) {
            blockForEver();
          }
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          awaitQuietly(finish);
          c.send("second");
        };
    try (Fixture fixture = new Fixture(config -> config, limits);
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client slow = fixture.connect();
        Fixture.Client late = fixture.connect()) {
      fixture.ready("i1", upstream);
      slow.send(GET.replace("GET /", "GET /slow"));
      // Whose time is over later than that of the first.
      assertThat(late.send(GET).response()).startsWith("HTTP/1.1 504");
      finish.countDown();
      return slow.response();
    }
  }

  @Test
  void anInstanceThatFallsSilentInItsAnswerBreaksTheConnection() throws IOException {
    String answer = Haste.longEnough(LimitsTest::isInTime, time -> halfAnswer(time));
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("half");
  }

  private String halfAnswer(Duration idleTimeout) throws IOException {
    RequestLimits limits = new RequestLimits(0, MINUTE, Duration.ZERO, idleTimeout, 100);
    Upstream.Script script =
        c -> {
          c.head();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          blockForEver();
        };
    try (Fixture fixture = new Fixture(config -> config, limits);
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      return fixture.exchange(GET);
    }
  }

  @Test
  void aConnectionWithoutARequestIsClosedInTime() throws IOException {
    String answer = Haste.longEnough(told -> !told.isEmpty(), time -> answerBeforeTheEnd(time));
    assertThat(answer).startsWith("HTTP/1.1 200");
  }

  /// What a client gets before its connection is closed; nothing where it was too slow to ask.
  private String answerBeforeTheEnd(Duration keepAlive) throws IOException {
    try (Fixture fixture =
            new Fixture(
                config -> with(config, config.maxConnections(), keepAlive), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client fresh = fixture.connect();
        Fixture.Client used = fixture.connect()) {
      fixture.ready("i1", upstream);
      String answer;
      try {
        answer = used.send(GET).response();
        assertThat(used.in().read()).isEqualTo(-1);
      } catch (SocketException reset) {
        answer = "";
      }
      assertThat(fresh.in().read()).isEqualTo(-1);
      return answer;
    }
  }

  @Test
  void aClientTooManyIsTurnedAwayAndCounted() throws IOException {
    try (Fixture fixture = new Fixture(config -> with(config, 1, MINUTE), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client first = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(first.send(GET).response()).startsWith("HTTP/1.1 200");
      try (Fixture.Client second = fixture.connect()) {
        assertThat(second.in().read()).isEqualTo(-1);
      }
      assertThat(first.send(GET).response()).startsWith("HTTP/1.1 200");
      assertThat(scalar(fixture, "ebb_gateway_connections_refused")).isEqualTo(1);
      assertThat(scalar(fixture, "ebb_gateway_connections")).isEqualTo(1);
    }
  }

  @Test
  void aRedirectTellsWhereTo() throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      fixture.gateway.routes(
          RouteTable.of(
              Fixture.everything(new RouteTarget.Redirect(URI.create("https://there/x"), 308))));
      assertThat(client.send(GET).response())
          .startsWith("HTTP/1.1 308")
          .containsIgnoringCase("location: https://there/x");
      await().until(() -> !fixture.log.isEmpty());
      assertThat(fixture.log)
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.target()).isEqualTo("redirect");
            assertThat(entry.status()).isEqualTo(308);
          });
    }
  }

  @Test
  void eachExchangeIsCountedAndLogged() throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      client.send(
          "POST /p HTTP/1.1\r\nHost: A:80\r\nX-Request-Id: r1\r\nContent-Length: 2\r\n\r\nhi");
      await().until(() -> !fixture.demands.isEmpty());
      assertThat(samples(fixture, "ebb_gateway_queue_depth"))
          .singleElement()
          .extracting(Sample::value)
          .isEqualTo(new MetricFamily.Value.Scalar(1));
      fixture.ready("i1", upstream);
      String body = "POST /p HTTP/1.1\nhi";
      assertThat(client.response()).endsWith(body);
      client.send("GET / HTTP/1.1\r\n\r\n");
      assertThat(new String(client.in().readAllBytes(), ISO_8859_1)).startsWith("HTTP/1.1 400");

      assertThat(fixture.log)
          .first()
          .usingRecursiveComparison()
          .ignoringFields("at", "queued", "total")
          .isEqualTo(
              new AccessLog.Entry(
                  java.time.Instant.EPOCH,
                  "127.0.0.1",
                  "POST",
                  "a",
                  "/p",
                  "all",
                  "default/hello-00001",
                  "i1",
                  200,
                  2,
                  body.length(),
                  Duration.ZERO,
                  Duration.ZERO,
                  "r1"));
      assertThat(fixture.log.peek().queued()).isPositive();
      assertThat(samples(fixture, "ebb_gateway_requests"))
          .extracting(sample -> sample.labels().get("code_class"))
          .containsExactlyInAnyOrder("2xx", "4xx");
      assertThat(count(fixture, "ebb_gateway_request_duration_seconds", "hello-00001"))
          .isEqualTo(1);
      assertThat(count(fixture, "ebb_gateway_queue_duration_seconds", "hello-00001")).isEqualTo(1);
    }
  }

  private static List<Sample> samples(Fixture fixture, String name) {
    return fixture.gateway.metrics().stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow()
        .samples();
  }

  private static double scalar(Fixture fixture, String name) {
    return ((MetricFamily.Value.Scalar) samples(fixture, name).getFirst().value()).value();
  }

  private static long count(Fixture fixture, String name, String revision) {
    return samples(fixture, name).stream()
        .filter(sample -> revision.equals(sample.labels().get("revision")))
        .map(sample -> (MetricFamily.Value.Histogram) sample.value())
        .flatMap(histogram -> histogram.counts().stream())
        .mapToLong(Long::longValue)
        .sum();
  }

  private static GatewayConfig with(GatewayConfig c, int maxConnections, Duration keepAlive) {
    return new GatewayConfig(
        c.addresses(),
        c.inside(),
        c.port(),
        c.httpsPort(),
        c.transport(),
        c.eventLoops(),
        maxConnections,
        c.maxRequestLineBytes(),
        c.maxHeaderBytes(),
        c.maxBodyBytes(),
        c.headTimeout(),
        c.handshakeTimeout(),
        keepAlive,
        c.connectTimeout(),
        c.stuckGrace(),
        c.maxIdleUpstreamConnections(),
        c.upstreamIdleTimeout(),
        c.maxLocalRequests(),
        c.drainTimeout(),
        c.accessLog());
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException ended) {
      throw new IOException(ended);
    }
  }

  private static void blockForEver() throws IOException {
    awaitQuietly(new CountDownLatch(1));
  }
}

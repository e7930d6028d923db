package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.RequestLimits;
import dev.ebb.dataplane.RequestLimits.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// HTTP/2 without TLS from clients, to instances, and on one side only.
@Timeout(300)
class Http2Test {
  private static final long MANY = 1000;
  private static final int LARGE = 300_000;

  @TempDir Path directory;

  /// Answers each piece of a body at once, and ends with trailers as gRPC does.
  private static final class Echo implements Http2Upstream.Script {
    final List<Http2Headers> seen = new CopyOnWriteArrayList<>();

    @Override
    public void headers(Channel stream, Http2HeadersFrame frame) {
      seen.add(frame.headers());
      var _ =
          stream.writeAndFlush(
              new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
      if (frame.isEndStream()) {
        send(stream, Unpooled.copiedBuffer(frame.headers().path(), UTF_8));
        end(stream);
      }
    }

    @Override
    public void data(Channel stream, Http2DataFrame frame) {
      boolean last = frame.isEndStream();
      send(stream, frame.content());
      if (last) {
        end(stream);
      }
    }

    private static void send(Channel stream, ByteBuf bytes) {
      var _ = stream.writeAndFlush(new DefaultHttp2DataFrame(bytes, false));
    }

    private static void end(Channel stream) {
      var _ =
          stream.writeAndFlush(
              new DefaultHttp2HeadersFrame(
                  new DefaultHttp2Headers().set("grpc-status", "0"), true));
    }
  }

  /// Never answers.
  private static final class Silent implements Http2Upstream.Script {
    @Override
    public void headers(Channel stream, Http2HeadersFrame frame) {}

    @Override
    public void data(Channel stream, Http2DataFrame frame) {
      frame.release();
    }
  }

  /// Takes a body whole, and answers with one of as many bytes at once.
  private static final class Whole implements Http2Upstream.Script {
    private final Map<Channel, Integer> received = new ConcurrentHashMap<>();

    @Override
    public void headers(Channel stream, Http2HeadersFrame frame) {}

    @Override
    public void data(Channel stream, Http2DataFrame frame) {
      int bytes = received.merge(stream, frame.content().readableBytes(), Integer::sum);
      boolean last = frame.isEndStream();
      frame.release();
      if (last) {
        received.remove(stream);
        var _ =
            stream.write(
                new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
        Echo.send(stream, Unpooled.wrappedBuffer(new byte[bytes]));
        Echo.end(stream);
      }
    }
  }

  private static Fixture fixture(int concurrency, Duration timeout) {
    return new Fixture(
        config -> config,
        new RequestLimits(concurrency, timeout, Duration.ZERO, Duration.ZERO, 100, Protocol.H2C));
  }

  private static void ready(Fixture fixture, Http2Upstream upstream) {
    fixture.gateway.onInstanceEvent(
        Fixture.event("i1", Phase.READY, Optional.of(upstream.address)));
  }

  @Test
  void aStreamInBothDirectionsWithTrailers() throws Exception {
    Echo echo = new Echo();
    try (Fixture fixture = fixture(0, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(echo, MANY);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      Http2Caller.Stream stream = caller.request("POST", "/chat.Chat/Talk", false);
      stream.send("one", false);
      assertThat(stream.next()).isEqualTo("headers 200");
      assertThat(stream.next()).isEqualTo("data one");
      stream.send("two", false);
      assertThat(stream.next()).isEqualTo("data two");
      stream.send("three", true);
      assertThat(stream.next()).isEqualTo("data three");
      assertThat(stream.next()).isEqualTo("trailers 0");
      Http2Headers seen = echo.seen.getFirst();
      assertThat(seen.authority()).asString().isEqualTo("hello.example");
      assertThat(seen.get("te")).asString().isEqualTo("trailers");
      assertThat(seen.get("x-forwarded-for")).isNotNull();
      assertThat(seen.names()).noneMatch(name -> name.toString().startsWith("x-http2-"));
    }
  }

  /// A body of many windows, of which each side takes the next only when the other has room.
  @Test
  void bodiesOfManyWindowsPassInBothDirections() throws Exception {
    try (Fixture fixture = fixture(0, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(new Whole(), MANY);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      for (int round = 0; round < 12; round++) {
        List<Http2Caller.Stream> streams = new ArrayList<>();
        for (int i = 0; i < 1 + round % 4; i++) {
          streams.add(caller.request("POST", "/", false));
        }
        for (Http2Caller.Stream stream : streams) {
          for (int i = 0; i < 10; i++) {
            var _ = stream.sendSoon("x".repeat(LARGE / 10), i == 9);
          }
        }
        for (Http2Caller.Stream stream : streams) {
          assertThat(stream.next()).isEqualTo("headers 200");
          int bytes = 0;
          String event = stream.next();
          while (event.startsWith("data ")) {
            bytes += event.length() - "data ".length();
            event = stream.next();
          }
          assertThat(event).as("round %s, after %s bytes", round, bytes).isEqualTo("trailers 0");
          assertThat(bytes).isEqualTo(LARGE);
        }
      }
    }
  }

  @Test
  void manyStreamsShareOneConnectionOnBothSides() throws Exception {
    try (Fixture fixture = fixture(0, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(new Echo(), MANY);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      Http2Caller.Stream held = caller.request("POST", "/", false);
      held.send("x", false);
      assertThat(held.next()).isEqualTo("headers 200");
      List<Http2Caller.Stream> streams = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        streams.add(caller.request("GET", "/" + i, true));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(streams.get(i).next()).isEqualTo("headers 200");
        assertThat(streams.get(i).next()).isEqualTo("data /" + i);
        assertThat(streams.get(i).next()).isEqualTo("trailers 0");
      }
      assertThat(upstream.connections).hasValue(1);
      await().untilAsserted(() -> assertThat(fixture.log).hasSize(50));
    }
  }

  @Test
  void anInstanceThatAllowsFewStreamsGetsMoreConnections() throws Exception {
    try (Fixture fixture = fixture(0, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(new Echo(), 2);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      Http2Caller.Stream first = caller.request("POST", "/", false);
      first.send("hold", false);
      assertThat(first.next()).isEqualTo("headers 200");
      List<Http2Caller.Stream> streams = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        streams.add(caller.request("POST", "/" + i, false));
        streams.getLast().send("x", false);
      }
      for (Http2Caller.Stream stream : streams) {
        assertThat(stream.next()).isEqualTo("headers 200");
      }
      assertThat(upstream.connections.get()).isBetween(5, 9);
    }
  }

  /// RFC 9113, section 8.7: what was refused was not looked at, so it may be sent again.
  @Test
  void aRefusedStreamIsSentAgainWithItsBody() throws Exception {
    AtomicInteger refused = new AtomicInteger();
    Echo echo = new Echo();
    Http2Upstream.Script script =
        new Http2Upstream.Script() {
          @Override
          public void headers(Channel stream, Http2HeadersFrame frame) {
            if (refused.get() >= 2) {
              echo.headers(stream, frame);
            }
          }

          @Override
          public void data(Channel stream, Http2DataFrame frame) {
            if (refused.get() >= 2) {
              echo.data(stream, frame);
              return;
            }
            frame.release();
            refused.incrementAndGet();
            var _ = stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM));
          }
        };
    try (Fixture fixture = fixture(1, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(script, MANY)) {
      ready(fixture, upstream);
      assertThat(
              fixture.exchange(
                  "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody"))
          .startsWith("HTTP/1.1 200")
          .contains("body");
      assertThat(refused).hasValue(2);
    }
  }

  @Test
  void anHttp1ClientReachesAnInstanceThatSpeaksHttp2() throws Exception {
    try (Fixture fixture = fixture(0, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(new Echo(), MANY)) {
      ready(fixture, upstream);
      assertThat(fixture.exchange("GET /path HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200")
          .containsIgnoringCase("transfer-encoding: chunked")
          .contains("/path")
          .contains("grpc-status: 0");
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, ''", "POST, body", "HEAD, ''"})
  void anHttp2ClientReachesAnInstanceThatSpeaksHttp1(String method, String body) throws Exception {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      fixture.ready("i1", upstream);
      for (int i = 0; i < 3; i++) {
        Http2Caller.Stream stream = caller.request(method, "/path", body.isEmpty());
        if (!body.isEmpty()) {
          stream.send(body, true);
        }
        assertThat(stream.next()).isEqualTo("headers 200");
        if (!method.equals("HEAD")) {
          assertThat(stream.next()).isEqualTo("data " + method + " /path HTTP/1.1\n" + body);
        }
        assertThat(stream.next()).isEqualTo("end");
      }
    }
  }

  @Test
  void aClientThatCancelsIsToldToTheInstanceAndFreesItsSlot() throws Exception {
    try (Fixture fixture = fixture(1, Duration.ofMinutes(1));
        Http2Upstream upstream = new Http2Upstream(new Silent(), MANY);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      for (int i = 1; i <= 3; i++) {
        Http2Caller.Stream stream = caller.request("GET", "/", true);
        await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 1);
        stream.cancel();
        int expected = i;
        await().untilAsserted(() -> assertThat(upstream.resets).hasValue(expected));
        await().until(() -> fixture.gateway.inFlight(Fixture.instance("i1")) == 0);
      }
      assertThat(caller.isOpen()).isTrue();
    }
  }

  @Test
  void aTimeoutAnswersOneStreamAndLeavesTheOthers() throws Exception {
    try (Fixture fixture = fixture(0, Duration.ofMillis(300));
        Http2Upstream upstream = new Http2Upstream(new Silent(), MANY);
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      ready(fixture, upstream);
      assertThat(caller.request("GET", "/", true).next()).isEqualTo("headers 504");
      assertThat(caller.request("GET", "/", true).next()).isEqualTo("headers 504");
      assertThat(caller.isOpen()).isTrue();
    }
  }

  @Test
  void anUploadThatNobodyTakesIsToldToStop() throws Exception {
    try (Fixture fixture = new Fixture(config -> config.withMaxBodyBytes(10), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Http2Caller caller = new Http2Caller(fixture.gateway.port())) {
      fixture.ready("i1", upstream);
      Http2Caller.Stream stream = caller.request("POST", "/", false);
      stream.send("x".repeat(100), false);
      assertThat(stream.next()).isEqualTo("headers 413");
      assertThat(stream.next()).startsWith("data ");
      assertThat(stream.next()).isEqualTo("end");
      assertThat(stream.next()).isEqualTo("reset 0");
    }
  }

  @Test
  void aBodyMayBeAnythingThatBeginsLikeThePreface() throws Exception {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      assertThat(fixture.exchange("PRI * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 400");
      assertThat(fixture.exchange("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void whatFollowsThePrefaceAndIsNoHttp2EndsTheConnection() throws Exception {
    try (Fixture fixture = Fixture.start()) {
      String answer = fixture.exchange("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n and so on");
      assertThat(answer).doesNotContain("HTTP/1.1");
    }
  }
}

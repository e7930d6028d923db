package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Bodies that are larger than what the gateway would ever hold.
class StreamingTest {
  private static final int BIG = 64 * 1024 * 1024;

  /// What sockets and buffers between the ends may hold; much less than the body.
  private static final int HELD = 24 * 1024 * 1024;

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("dev.ebb.gateway.Fixture#transports")
  void aSlowReaderSlowsTheInstanceDown(Transport transport) throws IOException {
    AtomicLong sent = new AtomicLong();
    Upstream.Script script =
        c -> {
          c.head();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n");
          write(c.out(), sent);
        };
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      stalls(sent);
      assertThat(drain(client.in())).isGreaterThan(BIG);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.ebb.gateway.Fixture#transports")
  void aSlowInstanceSlowsTheUploadDown(Transport transport) throws Exception {
    AtomicLong sent = new AtomicLong();
    java.util.concurrent.CountDownLatch read = new java.util.concurrent.CountDownLatch(1);
    Upstream.Script script =
        c -> {
          c.head();
          try {
            read.await();
          } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
          }
          c.in().skipNBytes(BIG);
          c.answer(200, "all");
        };
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + BIG + "\r\n\r\n");
      OutputStream out = client.socket().getOutputStream();
      Thread upload =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  write(out, sent);
                } catch (IOException broken) {
                  throw new java.io.UncheckedIOException(broken);
                }
              });
      stalls(sent);
      read.countDown();
      assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("all");
      upload.join();
    }
  }

  @Test
  void aLocalHandlerReadsAndWritesStreams() throws IOException {
    LocalHandler handler =
        (request, response) -> {
          response.status(201);
          response.header("X-Path", request.path() + "?" + request.query());
          request.body().transferTo(response.body());
        };
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(fixture, new RouteTarget.Local(handler));
      String body = "b".repeat(1_000_000);
      String request = "POST /p?q HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + body;
      Thread.ofVirtual().start(() -> sendQuietly(client, request));
      assertThat(client.response())
          .startsWith("HTTP/1.1 201")
          .containsIgnoringCase("x-path: /p?q")
          .endsWith(body);
      client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.response()).containsIgnoringCase("content-length: 0");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nothing of the body is here | 0 | close",
        "some of it | 10 | close",
        "all of it | 40 | keep-alive"
      })
  void aLocalHandlerThatDoesNotWantTheBodyTellsWhetherTheConnectionEnds(
      String name, int sent, String connection) throws IOException {
    LocalHandler handler = (request, response) -> response.status(413);
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(fixture, new RouteTarget.Local(handler));
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n" + "b".repeat(sent));
      String answer = client.response();
      assertThat(answer).startsWith("HTTP/1.1 413");
      if (connection.equals("close")) {
        assertThat(answer).containsIgnoringCase("connection: close");
      } else {
        assertThat(answer).doesNotContainIgnoringCase("connection: close");
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.response()).startsWith("HTTP/1.1 413");
      }
    }
  }

  @Test
  void aLocalHandlerThatHasNothingToSayLearnsThatItsClientLeft() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (Fixture fixture = Fixture.start()) {
      route(
          fixture,
          new RouteTarget.Local((request, response) -> {
            response.body().flush();
            response.whenClientLeaves(left::countDown);
            try {
              left.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }));
      try (Fixture.Client client = fixture.connect()) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      }
      assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  static List<Throwable> bugs() {
    return List.of(
        new IllegalStateException("bug"), new IOException("bug"), new StackOverflowError("bug"));
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void aLocalHandlerThatFailsGivesA500(Throwable bug) throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(
          fixture,
          new RouteTarget.Local((request, response) -> {
            switch (bug) {
              case IOException failure -> throw failure;
              case Error error -> throw error;
              default -> throw new IllegalStateException(bug);
            }
          }));
      assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response())
          .startsWith("HTTP/1.1 500")
          .contains("InternalError")
          .doesNotContain("bug");
    }
  }

  @Test
  void aUrlIsForwardedToWithItsOwnHostAndPath() throws IOException {
    try (Fixture target = Fixture.start();
        Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, c -> c.answer(200, c.head()));
        Fixture.Client client = fixture.connect()) {
      target.ready("i1", upstream);
      URI uri = URI.create("http://127.0.0.1:" + target.gateway.port() + "/base");
      route(fixture, new RouteTarget.Url(uri));
      assertThat(client.send("GET /x?y HTTP/1.1\r\nHost: outer\r\n\r\n").response())
          .contains("GET /base/x?y HTTP/1.1")
          .containsIgnoringCase("host: " + uri.getAuthority())
          .containsIgnoringCase("x-forwarded-host: outer");
    }
  }

  private static void route(Fixture fixture, RouteTarget target) {
    fixture.gateway.routes(RouteTable.of(Fixture.everything(target)));
  }

  private static void write(OutputStream out, AtomicLong sent) throws IOException {
    byte[] piece = new byte[64 * 1024];
    for (int i = 0; i < BIG / piece.length; i++) {
      out.write(piece);
      sent.addAndGet(piece.length);
    }
    out.flush();
  }

  private static void stalls(AtomicLong sent) {
    await().until(() -> sent.get() > 0);
    await().during(Duration.ofMillis(300)).until(() -> sent.get(), count -> count < HELD);
  }

  private static long drain(InputStream in) throws IOException {
    return in.transferTo(OutputStream.nullOutputStream());
  }

  private static void sendQuietly(Fixture.Client client, String text) {
    try {
      client.socket().getOutputStream().write(text.getBytes(UTF_8));
    } catch (IOException broken) {
      throw new java.io.UncheckedIOException(broken);
    }
  }
}

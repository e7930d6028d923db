package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Answers that are given while the client still sends: it must be able to read them.
class LingeringTest {
  private static final String UPLOAD =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000000\r\n\r\n";

  /// More than the sockets between a client and the gateway hold, less than is thrown away.
  private static final int MUCH = 12 * 1024 * 1024;

  @TempDir Path directory;

  static List<Arguments> answered() {
    return List.of(
        Arguments.of("a large body", UPLOAD, 413),
        Arguments.of("a long header", "GET / HTTP/1.1\r\nHost: a\r\nX: ", 431),
        Arguments.of("a long line", "GET /", 414),
        Arguments.of("no header", " ", 400),
        Arguments.of(
            "a bad chunk",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            400));
  }

  /// The client reads only when it has sent everything, as simple programs do.
  @ParameterizedTest(name = "{0}")
  @MethodSource("answered")
  void aClientThatFirstSendsAllReadsItsAnswer(String name, String begin, int status)
      throws IOException {
    try (Fixture fixture = new Fixture(config -> config.withMaxBodyBytes(1000), Fixture.limits(0));
        Fixture.Client client = fixture.connect()) {
      client.send(begin);
      write(client.socket().getOutputStream(), MUCH);
      assertThat(new String(client.in().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 " + status)
          .containsIgnoringCase("connection: close");
    }
  }

  @Test
  void aHeaderThatComesTooSlowlyIsAnsweredToo() throws IOException {
    try (Fixture fixture =
        new Fixture(config -> config.withHeadTimeout(Duration.ofMillis(100)), Fixture.limits(0))) {
      assertThat(fixture.exchange("GET / HTTP/1.1\r\n"))
          .startsWith("HTTP/1.1 408")
          .contains("\"code\":408")
          .containsIgnoringCase("x-request-id: ");
    }
  }

  @Test
  void aClientThatNeverStopsIsCutOff() throws IOException {
    try (Fixture fixture = new Fixture(config -> config.withMaxBodyBytes(1000), Fixture.limits(0));
        Fixture.Client client = fixture.connect()) {
      client.send(UPLOAD);
      assertThat(client.response()).startsWith("HTTP/1.1 413");
      OutputStream out = client.socket().getOutputStream();
      assertThatThrownBy(() -> write(out, Long.MAX_VALUE)).isInstanceOf(IOException.class);
    }
  }

  /// The instance answers and goes, with half of an upload unread: the write that fails then must
  /// not cost the answer.
  @ParameterizedTest
  @MethodSource("dev.ebb.gateway.Fixture#transports")
  void anInstanceThatAnswersEarlyIsHeardThoughItTakesNoMore(Transport transport)
      throws IOException {
    Upstream.Script script =
        c -> {
          c.head();
          c.in().skipNBytes(1_000_000);
          c.answer(413, "too much");
        };
    try (Fixture fixture =
            new Fixture(config -> config.withTransport(transport), Fixture.limits(0));
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      for (int i = 0; i < 10; i++) {
        try (Fixture.Client client = fixture.connect()) {
          client.send(UPLOAD);
          Thread.ofVirtual().start(() -> writeUntilClosed(client));
          assertThat(client.response()).startsWith("HTTP/1.1 413").endsWith("too much");
        }
      }
    }
  }

  private static void writeUntilClosed(Fixture.Client client) {
    try {
      write(client.socket().getOutputStream(), Long.MAX_VALUE);
    } catch (IOException closed) {
      // As it should be: the gateway takes only so much after the answer.
    }
  }

  private static void write(OutputStream out, long count) throws IOException {
    byte[] piece = "x".repeat(64 * 1024).getBytes(ISO_8859_1);
    for (long rest = count; rest > 0; rest -= piece.length) {
      out.write(piece);
    }
  }
}

package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Rows of RFC 9110 and 9112. Each refused request must also close the connection.
class ConformanceTest {
  @TempDir Path directory;

  static List<Arguments> refused() {
    return List.of(
        Arguments.of("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        Arguments.of("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Arguments.of("a bad Host", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        Arguments.of("no target form", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        Arguments.of("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Arguments.of("HTTP/2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Arguments.of(
            "CL and TE",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        Arguments.of(
            "two CL",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            400),
        Arguments.of(
            "CL list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
        Arguments.of(
            "negative CL", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        Arguments.of("signed CL", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", 400),
        Arguments.of(
            "unknown TE",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            501),
        Arguments.of(
            "hidden TE",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            400),
        Arguments.of(
            "TE in 1.0",
            "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400),
        Arguments.of("obs-fold", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400),
        Arguments.of(
            "obs-fold after an empty line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n X: 1\r\n\r\n", 400),
        Arguments.of("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400),
        Arguments.of("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", 400),
        Arguments.of(
            "bad chunk size",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
            400),
        Arguments.of(
            "negative chunk size",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
            400),
        Arguments.of(
            "header of 1 MiB",
            "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(1 << 20) + "\r\n\r\n",
            431),
        Arguments.of("long line", "GET /" + "x".repeat(1 << 16) + " HTTP/1.1\r\n\r\n", 414));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void whatIsAmbiguousIsRefusedAndTheConnectionClosed(String name, String request, int status)
      throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      String answer = fixture.exchange(request + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(answer)
          .startsWith("HTTP/1.1 " + status)
          .contains("\"code\":" + status)
          .doesNotContain("smuggled");
    }
  }

  static List<Arguments> forwarded() {
    String chunked = "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    return List.of(
        Arguments.of("chunked", chunked + "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", "abcde"),
        Arguments.of("trailers", chunked + "1\r\na\r\n0\r\nX-T: v\r\n\r\n", "a|X-T: v"),
        Arguments.of("absolute form", "GET http://b/p HTTP/1.1\r\nHost: a\r\n\r\n", "GET /p "),
        Arguments.of("dot segments", "GET /a/../b/%2e/c HTTP/1.1\r\nHost: a\r\n\r\n", "GET /b/c "),
        Arguments.of("old client", "GET /o HTTP/1.0\r\n\r\n", "GET /o HTTP/1.1"),
        Arguments.of(
            "empty body", "POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "/e"),
        Arguments.of(
            "body that begins with a space",
            "POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n a\r\n",
            " a\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("forwarded")
  void whatIsSoundIsForwarded(String name, String request, String expected) throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing());
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send(request).response()).startsWith("HTTP/1.1 200").contains(expected);
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() throws IOException {
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, Upstream.echoing())) {
      fixture.ready("i1", upstream);
      StringBuilder requests = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        requests.append(
            "POST /r%d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi".formatted(i));
      }
      requests.append("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      String answer = fixture.exchange(requests.toString());
      int at = 0;
      for (int i = 0; i < 50; i++) {
        at = answer.indexOf("POST /r" + i + " ", at);
        assertThat(at).isPositive();
      }
      assertThat(answer.indexOf("GET /last", at)).isPositive();
    }
  }

  @Test
  void theInstanceLearnsWhoAskedAndNotWhatWasForTheGateway() throws IOException {
    Upstream.Script script = c -> c.answer(200, c.head());
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      String seen =
          client
              .send(
                  request(
                      "GET / HTTP/1.1",
                      "Host: F.example:81",
                      "Connection: x-mine, host",
                      "X-Mine: 1",
                      "Keep-Alive: 5",
                      "TE: trailers",
                      "X-Request-Id: abc-1"))
              .response()
              .toLowerCase(Locale.ROOT);
      assertThat(seen)
          .contains(
              "host: f.example:81",
              "x-forwarded-for: 127.0.0.1",
              "x-forwarded-proto: http",
              "x-forwarded-host: f.example:81",
              "forwarded: for=127.0.0.1;host=\"f.example:81\";proto=http",
              "x-request-id: abc-1")
          .doesNotContain("x-mine", "keep-alive", "te: trailers");
    }
  }

  @Test
  void aHeadRequestGetsTheHeaderOnly() throws IOException {
    Upstream.Script script =
        c -> {
          c.head();
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
          c.head();
          c.answer(200, "again");
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script)) {
      fixture.ready("i1", upstream);
      assertThat(
              fixture.exchange(
                  request("HEAD / HTTP/1.1", "Host: a")
                      + request("GET / HTTP/1.1", "Host: a", "Connection: close")))
          .containsSubsequence("Content-Length: 5", "\r\n\r\nHTTP/1.1 200", "again");
    }
  }

  @Test
  void theInstanceDecidesWhetherABodyIsWanted() throws IOException {
    Upstream.Script script =
        c -> {
          String head = c.head();
          c.send("HTTP/1.1 100 Continue\r\n\r\n");
          c.answer(200, new String(c.body(head), java.nio.charset.StandardCharsets.ISO_8859_1));
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
      assertThat(client.response()).startsWith("HTTP/1.1 100");
      assertThat(client.send("body").response()).startsWith("HTTP/1.1 200").endsWith("body");
    }
  }

  @Test
  void aResponseWithoutLengthIsChunkedForTheClient() throws IOException {
    Upstream.Script script =
        c -> {
          c.head();
          c.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
        };
    try (Fixture fixture = Fixture.start();
        Upstream upstream = new Upstream(directory, script);
        Fixture.Client client = fixture.connect()) {
      fixture.ready("i1", upstream);
      assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").response())
          .containsIgnoringCase("transfer-encoding: chunked")
          .endsWith("until the end");
    }
  }

  private static String request(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }
}

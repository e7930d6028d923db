package dev.ebb.cli.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class Http2ConnectionTest {
  private static final int WINDOW = 65_535;

  private static LoadPlan plan(InetSocketAddress server, Map<String, String> headers, String body) {
    return new LoadPlan(
        new LoadServer(server, Optional.empty()),
        new LoadRequest(
            body.isEmpty() ? "GET" : "POST",
            "/a?b=c",
            "host:1",
            headers,
            body.getBytes(ISO_8859_1)),
        true,
        1,
        Duration.ofMillis(200),
        0);
  }

  private static LoadConnection open(FrameServer server) throws IOException {
    return LoadConnection.open(plan(server.address(), Map.of(), ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          HEADERS 5 88                                                        | 200
          HEADERS 4 88; DATA 1 6869                                           | 200
          HEADERS 5 8d                                                        | 404
          HEADERS 5 2088                                                      | 200
          HEADERS 5 0803353033                                                | 503
          HEADERS 5 4803353033                                                | 503
          HEADERS 5 08836c0cff                                                | 503
          HEADERS 5 08826401                                                  | 301
          HEADERS 4 0803313033; HEADERS 4 88; DATA 1 68                       | 200
          HEADERS d 02880000                                                  | 200
          HEADERS 25 000000000088                                             | 200
          HEADERS 1 08; CONTINUATION 0 0335; CONTINUATION 4 3033              | 503
          HEADERS 4 88; DATA 9 026869ffff                                     | 200
          HEADERS 4 88; DATA 0 68; HEADERS 5 0001610162                       | 200
          @PING 0 0102030405060708; @SETTINGS 0 000400000010; HEADERS 5 88    | 200
          @UNKNOWN 0 00; UNKNOWN 0 00; WINDOW_UPDATE 0 00000001; HEADERS 5 88 | 200
          """)
  void everyAnswerIsReadToItsEnd(String frames, int status) throws IOException {
    try (FrameServer server = new FrameServer(WINDOW, frames.split("; ", -1));
        LoadConnection connection = open(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(connection.exchange()).isEqualTo(status);
        assertThat(connection.reusable()).isTrue();
      }
      assertThat(server.requests).hasValue(3);
      assertThat(server.connections).hasValue(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RST_STREAM 0 00000002                       | the server reset the stream with error 2
          HEADERS 4 88; RST_STREAM 0 00000008         | the server reset the stream with error 8
          @GOAWAY 0 0000000000000001                  | the server went away with error 1
          @GOAWAY 0 0000000000000000                  | the server went away with error 0
          @GOAWAY 0 00                                | an answer is not HTTP/2
          RAW SSH-2.0-OpenSSH_9.2                     | an answer is not HTTP/2
          HEADERS d ff88                              | an answer is not HTTP/2
          HEADERS 1 88; DATA 0 00                     | an answer is not HTTP/2
          HEADERS 5 0001610162                        | an answer does not begin with its status
          HEADERS 5 82                                | an answer does not begin with its status
          HEADERS 5 0803                              | an answer does not begin with its status
          HEADERS 5 0803616263                        | an answer has no number where one belongs
          HEADERS 5 0883ffffff                        | an answer has no number where one belongs
          """)
  void aBrokenAnswerIsAnErrorThatSaysWhatWasWrong(String frames, String message)
      throws IOException {
    try (FrameServer server = new FrameServer(WINDOW, frames.split("; ", -1));
        LoadConnection connection = open(server)) {
      assertThatThrownBy(connection::exchange).isInstanceOf(IOException.class).hasMessage(message);
    }
  }

  @Test
  void anAnswerThatStopsIsAnError() throws IOException {
    for (String frames : new String[] {"CLOSE", "HEADERS 4 88; CLOSE", "RAW \0\0; CLOSE"}) {
      try (FrameServer server = new FrameServer(WINDOW, frames.split("; ", -1));
          LoadConnection connection = open(server)) {
        assertThatThrownBy(connection::exchange).isInstanceOf(EOFException.class);
      }
    }
  }

  @Test
  void aServerThatGoesAfterItsAnswerGetsNoMoreRequests() throws IOException {
    try (FrameServer server =
            new FrameServer(WINDOW, "@GOAWAY 0 7fffffff00000000", "HEADERS 5 88");
        LoadConnection connection = open(server)) {
      assertThat(connection.exchange()).isEqualTo(200);
      assertThat(connection.reusable()).isFalse();
    }
  }

  @Test
  void aRequestHasItsHeadersAndItsBody() throws IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Y", "z");
    headers.put("Host", "other");
    headers.put("Connection", "keep-alive");
    try (FrameServer server = new FrameServer(WINDOW, "HEADERS 5 88");
        LoadConnection connection =
            LoadConnection.open(plan(server.address(), headers, "x".repeat(5)))) {
      assertThat(connection.exchange()).isEqualTo(200);
      assertThat(server.received)
          .containsExactly(
              """
              :method=POST
              :scheme=http
              :authority=other
              :path=/a?b=c
              x-y=z
              content-length=5

              xxxxx\
              """);
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 25", "65535, 100000", "1000000, 200000"})
  void aBodyIsSentAsFastAsTheServerTakesIt(int window, int length) throws IOException {
    String body = "x".repeat(length);
    try (FrameServer server = new FrameServer(window, "HEADERS 5 88");
        LoadConnection connection = LoadConnection.open(plan(server.address(), Map.of(), body))) {
      for (int i = 0; i < 2; i++) {
        assertThat(connection.exchange()).isEqualTo(200);
      }
      assertThat(server.received).hasSize(2).allMatch(request -> request.endsWith("\n\n" + body));
      assertThat(server.lengths).allMatch(part -> part <= 16_384);
      // The first may be sent before the server's window is known.
      assertThat(server.lengths.stream().skip(length > window ? 1 : 0))
          .allMatch(part -> part <= Math.max(window, 16_384));
    }
  }

  @Test
  void headersThatFitNoFrameAreRefused() throws IOException {
    try (FrameServer server = new FrameServer(WINDOW, "HEADERS 5 88")) {
      LoadPlan plan = plan(server.address(), Map.of("x", "y".repeat(20_000)), "");
      assertThatThrownBy(() -> LoadConnection.open(plan).close())
          .isInstanceOf(IOException.class)
          .hasMessage("the headers of the request are longer than 16 KiB");
    }
  }
}

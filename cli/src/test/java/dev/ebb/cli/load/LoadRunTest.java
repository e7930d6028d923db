package dev.ebb.cli.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(300)
class LoadRunTest {
  /// Where there is much other work, clients may get no processor before the first is over.
  private static final List<Duration> TIMES =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(20));

  private static LoadPlan plan(
      InetSocketAddress server, int connections, Duration time, double perSecond) {
    LoadRequest request = new LoadRequest("GET", "/", "test", Map.of(), new byte[0]);
    return new LoadPlan(
        new LoadServer(server, Optional.empty()), request, false, connections, time, perSecond);
  }

  /// What was measured, and in what time.
  private record Measured(LoadSample sample, Duration time) {}

  /// For as long as each client needs to do something.
  private static Measured run(InetSocketAddress server, int connections, double perSecond)
      throws InterruptedException {
    for (Duration time : TIMES) {
      LoadRun run = new LoadRun(plan(server, connections, time, perSecond));
      run.start();
      assertThat(run.awaitEnd(time.plusMinutes(1).toNanos())).isTrue();
      assertThat(run.unfinished()).isZero();
      LoadSample sample = run.sample();
      if (sample.requests() >= connections) {
        return new Measured(sample, time);
      }
    }
    throw new AssertionError("no client did anything in " + TIMES.getLast());
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        // what the server sends, whether it closes then, status, whether connections are used again
        Arguments.of("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", false, 200, true),
        Arguments.of("HTTP/1.1 200 OK\ncontent-length:0\n\n", false, 200, true),
        Arguments.of("HTTP/1.1 204 No Content\n\n", false, 204, true),
        Arguments.of("HTTP/1.1 304 Not Modified\nContent-Length: 9\n\n", false, 304, true),
        Arguments.of("HTTP/1.1 503 Busy\nContent-Length: 4\n\nbusy", false, 503, true),
        Arguments.of(
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5;x=y\nhello\nA\n0123456789\n0\nT: 1\n\n",
            false,
            200,
            true),
        Arguments.of("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n0\n\n", false, 200, true),
        Arguments.of(
            """
            HTTP/1.1 100 Continue

            HTTP/1.1 103 Early Hints
            Link: <a>

            HTTP/1.1 201 Created
            Content-Length: 0

            """,
            false,
            201,
            true),
        Arguments.of(
            "HTTP/1.1 200 OK\nContent-Length: 2\nConnection: close\n\nhi", true, 200, false),
        Arguments.of("HTTP/1.0 200 OK\nContent-Length: 2\n\nhi", true, 200, false),
        Arguments.of("HTTP/1.1 200 OK\n\nto the end", true, 200, false),
        Arguments.of(
            "HTTP/1.1 200 OK\nContent-Length: 20000\n\n" + "x".repeat(20_000), false, 200, true),
        Arguments.of(
            "HTTP/1.1 200 OK\nX: " + "x".repeat(20_000) + "\nContent-Length: 0\n\n",
            false,
            200,
            true));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void everyAnswerIsReadToItsEnd(String answer, boolean closing, int status, boolean again)
      throws InterruptedException {
    try (SmallServer server = SmallServer.start(answer, closing)) {
      LoadSample sample = run(server.address(), 3, 0).sample();

      assertThat(sample.failures()).isEmpty();
      assertThat(sample.answers()).containsOnlyKeys(status);
      assertThat(sample.requests()).isEqualTo(server.requests.get()).isPositive();
      assertThat(sample.latencies().count()).isEqualTo(sample.requests());
      assertThat(sample.inFlight()).isZero();
      // A client that gets no processor before the end makes none.
      assertThat(server.connections.get())
          .isBetween(again ? 1 : server.requests.get(), again ? 3 : server.requests.get());
    }
  }

  static Stream<Arguments> failures() {
    String early = "connection closed before the answer was over";
    return Stream.of(
        Arguments.of("", early),
        Arguments.of("HTTP/1.1 200 OK\nContent-Length: 3\n\nhi", early),
        Arguments.of("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhe", early),
        Arguments.of("HTTP/1.1 200 OK\nX: y", early),
        Arguments.of("SSH-2.0-OpenSSH_9.2\n", "an answer is not HTTP/1.1"),
        Arguments.of("HTTP/1.1 abc\n\n", "an answer has no number where one belongs"),
        Arguments.of(
            "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\n",
            "an answer has no number where one belongs"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aBrokenAnswerIsAnErrorThatSaysWhatWasWrong(String answer, String reason)
      throws InterruptedException {
    try (SmallServer server = SmallServer.start(answer, /* closing= */ true)) {
      LoadSample sample = run(server.address(), 2, 0).sample();

      assertThat(sample.answers()).isEmpty();
      assertThat(sample.failures()).containsOnlyKeys(reason);
      assertThat(sample.errors()).isEqualTo(server.requests.get());
    }
  }

  @Test
  void whereNobodyListensEachAttemptIsAnErrorAndNotABusyLoop() throws Exception {
    try (Socket nobody = SmallServer.nobody()) {
      Measured measured = run((InetSocketAddress) nobody.getLocalSocketAddress(), 2, 0);

      assertThat(measured.sample().failures()).containsOnlyKeys("connection refused");
      // One at the beginning and one each tenth of a second.
      assertThat(measured.sample().errors())
          .isBetween(2L, 2 * (measured.time().toMillis() / 100 + 1));
    }
  }

  @Test
  void atARateNoMoreRequestsAreSentThanAreDue() throws InterruptedException {
    try (SmallServer server = SmallServer.start("HTTP/1.1 200 OK\nContent-Length: 0\n\n", false)) {
      Measured measured = run(server.address(), 2, 50);

      assertThat(measured.sample().requests())
          .isBetween(2L, measured.time().toMillis() / 20); // 50 a second
      assertThat(measured.sample().errors()).isZero();
    }
  }

  @Test
  void whatIsInFlightWhenItIsEndedIsNoErrorButUnfinished() throws InterruptedException {
    try (SmallServer server = SmallServer.start("", /* closing= */ false)) {
      LoadRun run = new LoadRun(plan(server.address(), 4, Duration.ofHours(1), 0));
      run.start();
      Awaitility.await().until(() -> server.requests.get() == 4);
      assertThat(run.sample().inFlight()).isEqualTo(4);
      assertThat(run.awaitEnd(1)).isFalse();
      run.abort();

      assertThat(run.awaitEnd(Duration.ofMinutes(1).toNanos())).isTrue();
      assertThat(run.unfinished()).isEqualTo(4);
      assertThat(run.sample().requests()).isZero();
    }
  }

  @Test
  void aRequestHasItsHeadersAndItsBody() {
    byte[] request =
        new LoadRequest(
                "POST",
                "/a?b=c",
                "host:1",
                Map.of("X-Y", "z"),
                "{}".getBytes(StandardCharsets.UTF_8))
            .http1();

    assertThat(new String(request, StandardCharsets.UTF_8))
        .isEqualTo("POST /a?b=c HTTP/1.1\r\nHost: host:1\r\nX-Y: z\r\nContent-Length: 2\r\n\r\n{}");
    assertThat(new LoadRequest("GET", "/", "a", Map.of("host", "b"), new byte[0]).http1())
        .isEqualTo("GET / HTTP/1.1\r\nhost: b\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> new LoadRequest("GET", "/", "a", Map.of("X", "a\r\nY: b"), new byte[0]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("X");
  }
}

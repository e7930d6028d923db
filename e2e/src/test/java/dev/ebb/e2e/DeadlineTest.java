package dev.ebb.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `timeoutSeconds`, `responseStartTimeoutSeconds` and `idleTimeoutSeconds` of Revisions, as
/// clients of real instances see them, over each protocol.
@ExtendWith(SharedPlatform.class)
@Timeout(90)
class DeadlineTest {
  private static final String NAMESPACE = "deadlines";

  /// The limits of each service: in all, to the response's begin, and silent.
  private static final Map<String, String> LIMITS =
      Map.of(
          "total", "timeoutSeconds: 4",
          "start", "timeoutSeconds: 20, responseStartTimeoutSeconds: 3",
          "idle", "timeoutSeconds: 20, idleTimeoutSeconds: 3");

  private static final String SERVICE =
      """
      apiVersion: serving.knative.dev/v1
      kind: Service
      metadata: {name: %s}
      spec:
        template:
          metadata: {annotations: {autoscaling.knative.dev/min-scale: "1"}}
          spec:
            %s
            containers:
            - image: %s
              ports: [{name: %s, containerPort: 8080}]
      ---
      """;

  /// A body that is sent in three pieces with pauses of 1.2 s.
  private static final String SLOW_BODY = "for i in 1 2 3; do echo piece; sleep 1.2; done";

  private static SharedPlatform.Shared shared;
  private static final Map<String, CompletableFuture<Command.Result>> ANSWERS = new TreeMap<>();

  /// All clients at once, for all they do is wait.
  @BeforeAll
  static void ask(SharedPlatform.Shared platform) {
    LookAlikes.needRoot();
    shared = platform;
    shared.namespace(NAMESPACE);
    Platform server = shared.platform();
    LookAlikes.load(server, LookAlikes.image(server, RandomService.IMAGE, "lookalike", "count"));
    LookAlikes.httpEcho(server);
    StringBuilder manifests = new StringBuilder();
    LIMITS.forEach((name, limits) -> {
      String fields = limits.replace(", ", "\n      ");
      for (String port : List.of("http1", "h2c")) {
        manifests.append(SERVICE.formatted(name + "-" + port, fields, RandomService.IMAGE, port));
      }
    });
    manifests.append(
        SERVICE.formatted("echo", "timeoutSeconds: 3", "mendhak/http-https-echo", "http1"));
    server.write("deadlines.yaml", manifests.toString());
    kubectl("apply", "-f", "deadlines.yaml");
    kubectl("wait", "--for=condition=Ready", "--timeout=60s", "ksvc", "--all");
    rows()
        .forEach(row -> {
          String service = (String) row.get()[1];
          String command = (String) row.get()[2];
          for (String port : List.of("http1", "h2c")) {
            ANSWERS.put(
                service + "-" + port + " " + command,
                CompletableFuture.supplyAsync(
                    () -> run(service + "-" + port, port, command), Thread::startVirtualThread));
          }
        });
  }

  private static Command.Result run(String service, String port, String command) {
    Platform server = shared.platform();
    String curl =
        "curl -sS --max-time 30 -o - -w '\\n%{http_code}' -H 'Host: HOST' "
            + (port.equals("h2c") ? "--http2-prior-knowledge " : "");
    String host = service + "." + NAMESPACE + ".localhost";
    String script =
        command.replace("CURL", curl).replace("URL", server.gateway()).replace("HOST", host);
    return server.command("sh", "-c", script).run();
  }

  private static Arguments row(String what, String service, String command, int exit, String text) {
    return Arguments.of(what, service, command, exit, text);
  }

  private static final int WHOLE = 0;
  private static final int CUT = -1;

  static Stream<Arguments> rows() {
    return Stream.of(
        row("an answer in time", "total", "CURL 'URL/?delay=500ms'", WHOLE, "200"),
        row("no answer in time", "total", "CURL 'URL/?delay=9s'", WHOLE, "request timeout"),
        row(
            "an answer that began in time",
            "total",
            "CURL 'URL/?pieces=5&every=1200ms'",
            WHOLE,
            "200"),
        row(
            "an upload that does not end",
            "total",
            "(echo begun; sleep 9) | CURL -T . 'URL/'",
            WHOLE,
            "request timeout"),
        row("no first byte", "start", "CURL 'URL/?delay=9s'", WHOLE, "request timeout"),
        row(
            "a first byte, and a long answer",
            "start",
            "CURL 'URL/?pieces=3&every=1200ms'",
            WHOLE,
            "200"),
        row(
            "no first byte while the client uploads",
            "start",
            "(echo begun; sleep 9) | CURL -T . 'URL/'",
            WHOLE,
            "request timeout"),
        row("silence before the answer", "idle", "CURL 'URL/?delay=9s'", WHOLE, "request timeout"),
        row("silence within it", "idle", "CURL 'URL/?pieces=2&every=9s'", CUT, "total"),
        row("pieces in time", "idle", "CURL 'URL/?pieces=3&every=1200ms'", WHOLE, "200"),
        row(
            "an upload that goes on",
            "idle",
            "(" + SLOW_BODY + ") | CURL -T . 'URL/'",
            WHOLE,
            "200"));
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("rows")
  void aLimitEndsTheRequest(String what, String service, String command, int exit, String text) {
    for (String port : List.of("http1", "h2c")) {
      Command.Result result =
          requireNonNull(ANSWERS.get(service + "-" + port + " " + command)).join();
      assertThat(result.exitCode() == 0).as("%s: %s", port, result).isEqualTo(exit == WHOLE);
      String expected = text.equals("total") ? service : text;
      assertThat(result.out()).as("%s: %s", port, result).contains(expected);
      if (exit == WHOLE) {
        assertThat(result.out()).endsWith(text.equals("200") ? "\n200" : "\n504");
      }
    }
  }

  @Test
  void anInstanceIsToldWhatIsLeft() {
    List<String> words = new ArrayList<>(List.of("-H", "Host: echo." + NAMESPACE + ".localhost"));
    words.addAll(List.of("-H", "Content-Type: application/grpc", "-H", "grpc-timeout: 1H"));
    words.add(shared.platform().gateway());
    assertThat(shared.platform().curl(words.toArray(new String[0])).run().orFail().out())
        .containsPattern("\"x-envoy-expected-rq-timeout-ms\": \"(3000|[12]\\d{3})\"")
        .containsPattern("\"grpc-timeout\": \"(3000|[12]\\d{3})m\"");
  }

  @Test
  void aWebSocketEndsInTime() throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), shared.platform().gatewayPort())) {
      socket.setSoTimeout(30_000);
      String host = "echo." + NAMESPACE + ".localhost";
      socket
          .getOutputStream()
          .write(
              ("GET /talk HTTP/1.1\r\nHost: "
                      + host
                      + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                  .getBytes(ISO_8859_1));
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 101 ")
          .endsWith("\r\n\r\n");
    }
  }

  private static void kubectl(String... words) {
    shared.platform().kubectl("-n", NAMESPACE).with(words).run().orFail();
  }
}

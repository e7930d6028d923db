package dev.ebb.node.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.Probe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What probes of HTTP and gRPC say on the wire, and what they make of the answers, against a
/// server that says what a row tells it to.
class ProbeWiresTest {
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  /// Answers one connection, and has what was asked.
  private static final class Answering implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final CompletableFuture<String> asked = new CompletableFuture<>();

    /// @param end of what is asked, before which nothing is answered
    Answering(String end, byte[] answer) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket socket = server.accept()) {
              var text = new StringBuilder();
              while (text.indexOf(end) < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                  break;
                }
                text.append((char) next);
              }
              asked.complete(text.toString());
              socket.getOutputStream().write(answer);
              socket.getOutputStream().flush();
              // What it still sends must not become a reset before it has read the answer.
              socket.shutdownOutput();
              socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
              asked.completeExceptionally(e);
            }
          });
    }

    int port() {
      return server.getLocalPort();
    }

    String asked() throws InterruptedException, ExecutionException {
      return asked.get();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK, true",
    "HTTP/1.0 200 OK, true",
    "HTTP/1.1 302 Found, true",
    "HTTP/1.1 399 Odd, true",
    "HTTP/1.1 400 Bad Request, false",
    "HTTP/1.1 500 Internal Server Error, false",
    "HTTP/1.1 503, false",
    "SSH-2.0-OpenSSH, false",
  })
  void anHttpProbeIsHealthyFrom200To399(String line, boolean healthy) throws Exception {
    byte[] answer = (line + "\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    try (var server = new Answering("\r\n\r\n", answer)) {
      var probe =
          new Probe.HttpGet(
              "HTTP",
              "",
              0,
              "healthz?full=1",
              List.of(new Probe.Header("Host", "me"), new Probe.Header("X-A", "b")));
      var result = HttpProbe.ask(probe, "127.0.0.1", server.port(), TIMEOUT);
      assertThat(result.healthy()).as(result.message()).isEqualTo(healthy);
      assertThat(server.asked())
          .startsWith("GET /healthz?full=1 HTTP/1.1\r\nHost: me\r\nUser-Agent: kube-probe/")
          .contains("\r\nX-A: b\r\n", "\r\nConnection: close\r\n");
      if (!healthy && line.startsWith("HTTP")) {
        assertThat(result.message())
            .isEqualTo("HTTP probe failed with statuscode: " + line.split(" ")[1]);
      }
    }
  }

  @Test
  void aProgramThatDoesNotAnswerInTimeIsUnhealthy() throws IOException {
    try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var soon = Duration.ofMillis(50);
      int port = silent.getLocalPort();
      assertThat(
              HttpProbe.ask(
                      new Probe.HttpGet("HTTP", "", 0, "/", List.of()), "127.0.0.1", port, soon)
                  .message())
          .contains("Client.Timeout exceeded while awaiting headers");
      assertThat(GrpcProbe.ask("127.0.0.1", port, "", soon).message())
          .isEqualTo(
              "timeout: failed to connect service \"127.0.0.1:%d\" within 50 ms".formatted(port));
    }
  }

  /// Of grpc.health.v1.HealthCheckResponse: 1 is SERVING.
  @ParameterizedTest
  @CsvSource({
    "1, ''",
    "2, service unhealthy (responded with \"NOT_SERVING\")",
    "3, service unhealthy (responded with \"SERVICE_UNKNOWN\")",
  })
  void aGrpcProbeIsHealthyWhenTheServiceServes(int status, String message) throws Exception {
    var answer = new ByteArrayOutputStream();
    frame(answer, 4, 0, 0, new byte[0]);
    frame(answer, 1, 4, 1, new byte[] {(byte) 0x88});
    frame(answer, 0, 0, 1, new byte[] {0, 0, 0, 0, 2, 8, (byte) status});
    byte[] name = "grpc-status".getBytes(StandardCharsets.US_ASCII);
    var trailers = new ByteArrayOutputStream();
    trailers.write(new byte[] {0x40, (byte) name.length});
    trailers.write(name);
    trailers.write(new byte[] {1, '0'});
    frame(answer, 1, 5, 1, trailers.toByteArray());
    try (var server = new Answering("shop", answer.toByteArray())) {
      var result = GrpcProbe.ask("127.0.0.1", server.port(), "shop", TIMEOUT);
      assertThat(result.message()).isEqualTo(message);
      assertThat(result.healthy()).isEqualTo(message.isEmpty());
      assertThat(server.asked())
          .startsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
          .contains("/grpc.health.v1.Health/Check", "application/grpc");
    }
  }

  @Test
  void aServerWithoutTheHealthServiceIsUnhealthy() throws Exception {
    var answer = new ByteArrayOutputStream();
    frame(answer, 4, 0, 0, new byte[0]);
    frame(answer, 1, 5, 1, new byte[] {(byte) 0x88});
    try (var server = new Answering("trailers", answer.toByteArray())) {
      assertThat(GrpcProbe.ask("127.0.0.1", server.port(), "", TIMEOUT).message())
          .isEqualTo(
              "this server does not implement the grpc health protocol (grpc.health.v1.Health)");
    }
  }

  /// RFC 9113 4.1.
  private static void frame(
      ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.write(
        new byte[] {
          0, 0, (byte) payload.length, (byte) type, (byte) flags, 0, 0, 0, (byte) stream
        });
    out.write(payload);
  }
}

package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.apiserver.proxy.Proxy;
import dev.ebb.apiserver.proxy.ProxyTarget;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `pods/NAME/proxy` and `services/NAME/proxy`, in front of servers that behave and that do not.
@Timeout(120)
class ProxyTest {
  private static final String ECHO = "/api/v1/namespaces/default/pods/echo/proxy";
  private static final String RAW = "/api/v1/namespaces/default/services/raw/proxy";

  private EchoPods pods;
  private ServerSocket raw;

  /// Bound, so that nobody else gets its port, but nobody listens on it.
  private Socket deaf;

  private TestServer server;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    pods = new EchoPods();
    raw = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    deaf = new Socket();
    deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    server =
        new TestServer(
            new ApiServer.Handlers(
                List.of(),
                List.of(
                    Proxy.ofPods((pod, port) -> {
                      pods.check(pod);
                      return new ProxyTarget(pods.address(), "echo");
                    }),
                    Proxy.ofServices((service, port) ->
                        service.name().equals("deaf")
                            ? new ProxyTarget(deaf.getLocalSocketAddress(), "deaf")
                            : new ProxyTarget(raw.getLocalSocketAddress(), "raw")))));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    raw.close();
    deaf.close();
    pods.close();
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBodyAboveTheLimitOfTheApiPassesBothWays(boolean chunked) throws Exception {
    byte[] body = new byte[5_000_000];
    new Random(1).nextBytes(body);
    HttpRequest request =
        server
            .request(ECHO + "/up")
            .POST(
                chunked
                    ? BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                    : BodyPublishers.ofByteArray(body))
            .build();
    for (int i = 0; i < 2; i++) {
      assertThat(server.client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(body);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a/b", "/a//b/", "/%2F%20x?q=%26&r", "/proxy/proxy?x"})
  void pathAndQueryPassAsTheyWereSent(String rest) throws Exception {
    assertThat(header(server.send(server.request(ECHO + rest)), "X-Uri")).isEqualTo(rest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"})
  void everyMethodPasses(String method) throws Exception {
    HttpRequest.Builder request =
        server.request(ECHO + "/x").method(method, BodyPublishers.noBody());
    HttpResponse<String> response = server.send(request);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "X-Uri")).isEqualTo("/x");
  }

  @Test
  void aPageIsAskedForWithASlashAtItsEnd() throws Exception {
    HttpResponse<String> response = server.send(server.request(ECHO + "?a=b"));
    assertThat(response.statusCode()).isEqualTo(301);
    assertThat(header(response, "Location")).isEqualTo(ECHO + "/?a=b");
  }

  @Test
  void anUnknownPodIsNotFound() throws Exception {
    assertThat(server.send(server.request(ECHO.replace("echo", "other") + "/")).statusCode())
        .isEqualTo(404);
  }

  /// Answers one request with these bytes, and closes.
  private void answer(String text) {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = raw.accept()) {
            readHead(socket.getInputStream());
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static void readHead(InputStream input) throws IOException {
    int state = 0;
    while (state < 4) {
      int octet = input.read();
      state = octet == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : 0;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello\r\n\r\n",
        "HTTP/1.1 999 No\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: y"
      })
  void anAnswerThatIsNoneIsAFailureOfTheService(String text) throws Exception {
    answer(text);
    HttpResponse<String> response = server.send(server.request(RAW + "/"));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"reason\":\"ServiceUnavailable\"", "trying to reach");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
      })
  void anAnswerThatIsCutIsCutForTheClientToo(String text) {
    answer(text);
    assertThatThrownBy(() -> server.send(server.request(RAW + "/")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void nobodyListens() throws Exception {
    HttpResponse<String> response = server.send(server.request(RAW.replace("raw", "deaf") + "/"));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("error trying to reach service: ");
  }

  @Test
  void whatComesIsPassedOnAtOnce() throws Exception {
    CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(this::accept);
    CompletableFuture<HttpResponse<InputStream>> response =
        server.client.sendAsync(server.request(RAW + "/").build(), BodyHandlers.ofInputStream());
    try (Socket socket = accepted.join()) {
      socket
          .getOutputStream()
          .write("HTTP/1.1 200 OK\r\n\r\n1".getBytes(StandardCharsets.US_ASCII));
      InputStream body = response.join().body();
      assertThat(body.read()).isEqualTo('1');
      socket.getOutputStream().write('2');
      assertThat(body.read()).isEqualTo('2');
    }
  }

  @Test
  void theOtherSideHearsThatTheClientHasGone() throws Exception {
    CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(this::accept);
    try (RawConnection client = new RawConnection(server.config.socket().orElseThrow())) {
      client.send("GET " + RAW + "/ HTTP/1.1\r\nHost: x\r\n\r\n");
      accepted.join();
    }
    try (Socket socket = accepted.join()) {
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  @Test
  void aChangeOfProtocolIsPassedOn() throws Exception {
    CompletableFuture<Socket> accepted = CompletableFuture.supplyAsync(this::accept);
    try (RawConnection client = new RawConnection(server.config.socket().orElseThrow())) {
      client.send(
          "GET " + RAW + "/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
      try (Socket socket = accepted.join()) {
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nX-A: b\r\n\r\nhi"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(client.readUntil("\r\n\r\nhi"))
            .startsWith("HTTP/1.1 101")
            .contains("Upgrade: echo");
        client.send("ping");
        assertThat(socket.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
      }
      assertThat(client.readToEnd()).isEmpty();
    }
  }

  /// A connection whose request was read.
  private Socket accept() {
    try {
      Socket socket = raw.accept();
      readHead(socket.getInputStream());
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void headsHaveNoBodies() throws Exception {
    try (RawConnection connection = new RawConnection(server.config.socket().orElseThrow())) {
      for (String path : List.of("/api/v1/namespaces/default", "/api/v1/nothing", "/healthz")) {
        connection.send("HEAD " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      List<String> answers = List.of(connection.readToEnd().split("HTTP/1.1 ", -1));
      assertThat(answers).hasSize(5);
      assertThat(answers.subList(1, 4)).allMatch(answer -> answer.endsWith("\r\n\r\n"));
      assertThat(answers.getLast()).endsWith("\r\n\r\nok");
    }
  }
}

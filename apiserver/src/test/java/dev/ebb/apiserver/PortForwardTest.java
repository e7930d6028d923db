package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.apiserver.pods.PortForward;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `kubectl port-forward`, and what libraries do.
@Timeout(180)
class PortForwardTest {
  private static final String PATH = "/api/v1/namespaces/default/pods/echo/portforward";
  private static final Pattern FORWARDING = Pattern.compile("127\\.0\\.0\\.1:(\\d+) -> 8080");

  private EchoPods pods;
  private TestServer server;
  private Kubectl kubectl;
  private Path out;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    pods = new EchoPods();
    server =
        new TestServer(new ApiServer.Handlers(List.of(), List.of(new PortForward(pods).route())));
    EchoPods.create(server.resources);
    kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
    out = server.directory.resolve("out");
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    pods.close();
  }

  /// kubectl has WebSockets since 1.31; older ones do not know the variable.
  private Process forward(boolean webSockets, String... ports)
      throws IOException, InterruptedException {
    kubectl.environment("KUBECTL_PORT_FORWARD_WEBSOCKETS", Boolean.toString(webSockets));
    List<String> arguments = new ArrayList<>(List.of("port-forward", "pod/echo"));
    arguments.addAll(List.of(ports));
    Process process = kubectl.start(out, arguments.toArray(String[]::new));
    Awaitility.await()
        .untilAsserted(() -> assertThat(Files.readString(out)).contains("-> " + last(ports)));
    return process;
  }

  private static String last(String... ports) {
    String pair = ports[ports.length - 1];
    return pair.substring(pair.indexOf(':') + 1);
  }

  private URI localUri() throws IOException {
    Matcher matcher = FORWARDING.matcher(Files.readString(out));
    assertThat(matcher.find()).isTrue();
    return URI.create("http://127.0.0.1:" + matcher.group(1) + "/");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void manyConnectionsAtOnceCarryTheirBytesBothWays(boolean webSockets) throws Exception {
    Process process = forward(webSockets, ":8080");
    byte[] body = new byte[3_000_000];
    new Random(1).nextBytes(body);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(localUri()).POST(BodyPublishers.ofByteArray(body)).build();
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(client.sendAsync(request, BodyHandlers.ofByteArray()));
      }
      for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
        assertThat(answer.join().body()).isEqualTo(body);
      }
    }
    process.destroyForcibly().waitFor();
    Awaitility.await().untilAsserted(() -> assertThat(server.server.openStreams()).isZero());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPortOnWhichNobodyListensIsToldToTheUser(boolean webSockets) throws Exception {
    Process process = forward(webSockets, "0:8080", ":9999");
    Matcher matcher =
        Pattern.compile("127\\.0\\.0\\.1:(\\d+) -> 9999").matcher(Files.readString(out));
    assertThat(matcher.find()).isTrue();
    URI uri = URI.create("http://127.0.0.1:" + matcher.group(1) + "/");
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer = client.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer).failsWithin(java.time.Duration.ofMinutes(1));
    }
    Awaitility.await()
        .untilAsserted(() -> assertThat(Files.readString(out)).contains("nobody listens on 9999"));
    process.destroyForcibly().waitFor();
  }

  @Test
  void theServerClosesWhileConnectionsAreForwarded() throws Exception {
    Process process = forward(true, ":8080");
    assertThat(server.server.openStreams()).isEqualTo(1);
    server.server.close();
    assertThat(server.server.openStreams()).isZero();
    process.destroyForcibly().waitFor();
  }

  /// Collects what comes on each channel.
  private static class Channels implements WebSocket.Listener {
    private final Map<Integer, ByteArrayOutputStream> all = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      all.computeIfAbsent((int) bytes[0], channel -> new ByteArrayOutputStream())
          .write(bytes, 1, bytes.length - 1);
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    String text(int channel) {
      ByteArrayOutputStream bytes = all.get(channel);
      return bytes == null ? "" : bytes.toString(StandardCharsets.ISO_8859_1);
    }
  }

  private WebSocket open(Channels channels, String query, String protocol) {
    return server
        .client
        .newWebSocketBuilder()
        .header("Authorization", "Bearer " + server.token())
        .subprotocols(protocol)
        .buildAsync(
            URI.create(server.server.url().replace("https:", "wss:") + PATH + query), channels)
        .join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v4.channel.k8s.io", "portforward.k8s.io"})
  void channelsOfAWebSocketCarryDataAndErrors(String protocol) throws Exception {
    Channels channels = new Channels();
    WebSocket socket = open(channels, "?ports=8080,9999", protocol);
    byte[] request =
        "\0POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            .getBytes(StandardCharsets.US_ASCII);
    socket.sendBinary(ByteBuffer.wrap(request), /* last= */ true).join();
    Awaitility.await()
        .untilAsserted(() -> {
          assertThat(channels.text(0)).startsWith("\u0090\u001f").contains("200 OK", "hello");
          assertThat(channels.text(1)).isEqualTo("\u0090\u001f");
          assertThat(channels.text(2)).isEqualTo("\u000f'");
          assertThat(channels.text(3)).isEqualTo("\u000f'nobody listens on 9999");
        });
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    Awaitility.await().untilAsserted(() -> assertThat(server.server.openStreams()).isZero());
  }

  @Test
  void theWebSocketIsClosedWhenAllConnectionsHaveEnded() {
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    Channels channels =
        new Channels() {
          @Override
          public @Nullable CompletionStage<?> onClose(
              WebSocket socket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
          }
        };
    WebSocket socket = open(channels, "?ports=8080,9999", "v4.channel.k8s.io");
    byte[] request =
        "\0GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    socket.sendBinary(ByteBuffer.wrap(request), /* last= */ true).join();

    assertThat(closed)
        .succeedsWithin(java.time.Duration.ofMinutes(1))
        .isEqualTo(WebSocket.NORMAL_CLOSURE);
    assertThat(channels.text(0)).contains("200 OK");
    Awaitility.await().untilAsserted(() -> assertThat(server.server.openStreams()).isZero());
  }

  @Test
  void soManyConnectionsAreTakenOverAndNoMore() {
    List<WebSocket> open = new ArrayList<>();
    for (int i = 0; i < TestServer.LIMITS.upgrades(); i++) {
      open.add(open(new Channels(), "?ports=8080", "v4.channel.k8s.io"));
    }
    assertThat(upgrade(PATH + "?ports=8080", "websocket", "v4.channel.k8s.io"))
        .contains("HTTP/1.1 429");
    open.forEach(WebSocket::abort);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pods/echo/portforward | - | - | 400 | Upgrade request required",
        "pods/echo/portforward | h2c | - | 400 | Upgrade request required",
        "pods/other/portforward | SPDY/3.1 | portforward.k8s.io | 404 | pods \\\"other\\\" not found",
        "pods/echo/portforward | SPDY/3.1 | v9.portforward | 403 | unable to negotiate protocol",
        "pods/echo/portforward?ports=80 | websocket | v9 | 400 | are not known",
        "pods/echo/portforward | websocket | v4.channel.k8s.io | 400 | \\\"ports\\\" is required",
        "pods/echo/portforward?ports=x | websocket | v4.channel.k8s.io | 400 | is not a port",
        "pods/echo/portforward?ports=0 | websocket | v4.channel.k8s.io | 400 | is not a port",
      })
  void refusals(String path, String upgrade, String protocol, int code, String message) {
    assertThat(upgrade("/api/v1/namespaces/default/" + path, upgrade, protocol))
        .startsWith("HTTP/1.1 " + code)
        .contains("\"kind\":\"Status\"", message);
  }

  /// A request through the unix socket; returns the answer.
  private String upgrade(String path, String upgrade, String protocol) {
    try (RawConnection connection = new RawConnection(server.config.socket().orElseThrow())) {
      connection.send(
          """
          GET %s HTTP/1.1\r
          Host: localhost\r
          Connection: Upgrade\r
          Upgrade: %s\r
          X-Stream-Protocol-Version: %s\r
          Sec-WebSocket-Protocol: %s\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          \r
          """
              .formatted(path, upgrade, protocol, protocol));
      return connection.readUntil("\"code\":");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

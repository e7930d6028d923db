package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.apiserver.pods.Exec;
import dev.ebb.apiserver.pods.PodCommand;
import dev.ebb.apiserver.pods.PodCommands;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `kubectl exec`, and what libraries do.
@Timeout(180)
class ExecTest {
  private static final String PATH = "/api/v1/namespaces/default/pods/echo/exec";

  /// Real processes of this machine.
  private static final class Processes implements PodCommands {
    final Set<Process> running = ConcurrentHashMap.newKeySet();

    @Override
    public void check(ObjectKey pod, String container) {
      if (!pod.equals(EchoPods.POD)) {
        throw ApiException.notFound(CoreKinds.POD, pod.name());
      }
    }

    @Override
    public PodCommand start(ObjectKey pod, String container, List<String> command, boolean terminal)
        throws IOException {
      Process process = new ProcessBuilder(command).start();
      running.add(process);
      return new PodCommand() {
        @Override
        public OutputStream input() {
          return process.getOutputStream();
        }

        @Override
        public InputStream output() {
          return process.getInputStream();
        }

        @Override
        public InputStream errors() {
          return process.getErrorStream();
        }

        @Override
        public void resize(int columns, int rows) {}

        @Override
        public int await() throws InterruptedException {
          return process.waitFor();
        }

        @Override
        public void close() {
          process.destroyForcibly();
          running.remove(process);
        }
      };
    }
  }

  private final Processes processes = new Processes();
  private TestServer server;
  private Kubectl kubectl;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException {
    server =
        new TestServer(new ApiServer.Handlers(List.of(), List.of(new Exec(processes).route())));
    EchoPods.create(server.resources);
    kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  /// kubectl has WebSockets since 1.31 by default; older ones do not know the variable.
  private Kubectl kubectl(boolean webSockets) {
    kubectl.environment("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", Boolean.toString(webSockets));
    return kubectl;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void outputErrorsAndExitCodeOfACommand(boolean webSockets) throws Exception {
    Kubectl.Result result =
        kubectl(webSockets).run("exec", "echo", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
    assertThat(result.out()).isEqualTo("out\n");
    assertThat(result.err()).isEqualTo("err\ncommand terminated with exit code 3\n");
    assertThat(result.exitCode()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void standardInputArrivesAndEnds(boolean webSockets) throws Exception {
    String text = "line of input\n".repeat(100_000);
    Kubectl.Result result =
        kubectl(webSockets).runWithInput(text, "exec", "-i", "echo", "--", "cat");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCommandThatIsNotThere(boolean webSockets) throws Exception {
    Kubectl.Result result = kubectl(webSockets).run("exec", "echo", "--", "no-such-program");
    assertThat(result.err())
        .contains("Internal error occurred: error executing command in container")
        .contains("no-such-program");
    assertThat(result.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theCommandEndsWhenTheClientGoes(boolean webSockets) throws Exception {
    Process client =
        kubectl(webSockets)
            .start(server.directory.resolve("out"), "exec", "echo", "--", "sleep", "1000");
    Awaitility.await().untilAsserted(() -> assertThat(processes.running).hasSize(1));
    client.destroyForcibly().waitFor();
    Awaitility.await().untilAsserted(() -> assertThat(processes.running).isEmpty());
    Awaitility.await().untilAsserted(() -> assertThat(server.server.openStreams()).isZero());
  }

  /// Collects the messages of each channel.
  private static final class Channels implements WebSocket.Listener {
    final Map<Integer, ByteArrayOutputStream> all = new ConcurrentHashMap<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      all.computeIfAbsent((int) bytes[0], channel -> new ByteArrayOutputStream())
          .write(bytes, 1, bytes.length - 1);
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return CompletableFuture.completedStage(null);
    }

    String text(int channel) {
      return all.getOrDefault(channel, new ByteArrayOutputStream())
          .toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void version5EndsAChannelByAMessage() throws Exception {
    Channels channels = new Channels();
    WebSocket socket =
        server
            .client
            .newWebSocketBuilder()
            .header("Authorization", "Bearer " + server.token())
            .subprotocols("v5.channel.k8s.io")
            .buildAsync(
                URI.create(
                    server.server.url().replace("https:", "wss:")
                        + PATH
                        + "?command=cat&stdin=true&stdout=true"),
                channels)
            .join();
    socket.sendBinary(ByteBuffer.wrap(new byte[] {0, 'h', 'i'}), /* last= */ true).join();
    socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255, 0}), /* last= */ true).join();
    assertThat(channels.closed.join()).isEqualTo(WebSocket.NORMAL_CLOSURE);
    assertThat(channels.text(1)).isEqualTo("hi");
    assertThat(channels.text(3)).isEqualTo("{\"metadata\":{},\"status\":\"Success\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "?command=ls | 400 | at least 1 of stdin, stdout, stderr",
        "?stdout=true | 400 | at least 1 command",
        "?stdout=true&command=ls | 400 | Upgrade request required"
      })
  void refusals(String query, int code, String message) throws Exception {
    HttpResponse<String> response = server.send(server.request(PATH + query));
    assertThat(response.statusCode()).isEqualTo(code);
    assertThat(response.body()).contains(message);
  }
}

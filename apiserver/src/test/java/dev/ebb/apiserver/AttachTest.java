package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.apiserver.pods.Attach;
import dev.ebb.apiserver.pods.PodAttachments;
import dev.ebb.apiserver.pods.PodCommand;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `kubectl attach`.
@Timeout(180)
class AttachTest {
  /// A program that was there before: whoever goes does not end it.
  private static final class Program implements PodAttachments {
    final Process process;
    final CountDownLatch left = new CountDownLatch(1);

    Program(String script) throws IOException {
      process = new ProcessBuilder("sh", "-c", script).start();
    }

    @Override
    public void checkAttach(ObjectKey pod, String container) {
      if (!pod.equals(EchoPods.POD)) {
        throw ApiException.notFound(CoreKinds.POD, pod.name());
      }
    }

    @Override
    public PodCommand attach(ObjectKey pod, String container, boolean stdin) throws IOException {
      if (!process.isAlive()) {
        throw new IOException("container not found (\"user-container\")");
      }
      return new PodCommand() {
        @Override
        public OutputStream input() {
          return stdin ? process.getOutputStream() : OutputStream.nullOutputStream();
        }

        @Override
        public InputStream output() {
          return process.getInputStream();
        }

        @Override
        public InputStream errors() {
          return InputStream.nullInputStream();
        }

        @Override
        public void resize(int columns, int rows) {}

        @Override
        public int await() throws InterruptedException {
          process.waitFor();
          return 0;
        }

        @Override
        public void close() {
          left.countDown();
        }
      };
    }
  }

  /// A server whose one Pod runs a script.
  private static final class Served implements AutoCloseable {
    final Program program;
    final TestServer server;
    private final Kubectl kubectl;

    Served(String script) throws IOException, GeneralSecurityException {
      program = new Program(script);
      server =
          new TestServer(new ApiServer.Handlers(List.of(), List.of(new Attach(program).route())));
      EchoPods.create(server.resources);
      kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
    }

    Kubectl kubectl(boolean webSockets) {
      kubectl.environment("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", Boolean.toString(webSockets));
      return kubectl;
    }

    @Override
    public void close() throws IOException {
      server.close();
      program.process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void inputGoesInAndOutputComesUntilTheProgramEnds(boolean webSockets) throws Exception {
    try (Served at = new Served("read a; echo got $a; exit 3")) {
      Kubectl.Result result = at.kubectl(webSockets).runWithInput("this\n", "attach", "-i", "echo");
      assertThat(result.out()).isEqualTo("got this\n");
      assertThat(result.exitCode()).as("how it ended is told by its Pod").isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoOnlyLooksLeavesTheInputAloneAndTheProgramWhereItIs(boolean webSockets) throws Exception {
    try (Served at = new Served("echo before; read a; echo $a; sleep 1000")) {
      Process client =
          at.kubectl(webSockets).start(at.server.directory.resolve("out"), "attach", "echo");
      Awaitility.await()
          .untilAsserted(
              () -> assertThat(at.server.directory.resolve("out")).content().contains("before"));
      client.destroyForcibly().waitFor();
      at.program.left.await();
      assertThat(at.program.process.isAlive()).isTrue();
      Awaitility.await().untilAsserted(() -> assertThat(at.server.server.openStreams()).isZero());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProgramThatHasJustEnded(boolean webSockets) throws Exception {
    try (Served at = new Served("exit 0")) {
      at.program.process.waitFor();
      Kubectl.Result result = at.kubectl(webSockets).run("attach", "echo");
      assertThat(result.err())
          .contains("error attaching to container: container not found (\"user-container\")");
      assertThat(result.exitCode()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "echo/attach | 400 | at least 1 of stdin, stdout, stderr",
        "echo/attach?stdout=true | 400 | Upgrade request required",
        "none/attach?stdout=true | 404 | not found"
      })
  void refusals(String path, int code, String message) throws Exception {
    try (Served at = new Served("exit 0")) {
      HttpResponse<String> response =
          at.server.send(at.server.request("/api/v1/namespaces/default/pods/" + path));
      assertThat(response.statusCode()).isEqualTo(code);
      assertThat(response.body()).contains(message);
    }
  }

  @Test
  void discoveryTellsOfIt() throws Exception {
    try (Served at = new Served("exit 0")) {
      assertThat(at.server.get("/api/v1").toString())
          .contains("\"pods/attach\"", "PodAttachOptions");
    }
  }
}

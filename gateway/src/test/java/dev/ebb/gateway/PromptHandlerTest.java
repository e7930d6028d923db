package dev.ebb.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.PromptHandler;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.dataplane.RouteTarget;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that no thread waits for.
class PromptHandlerTest {
  /// Answers `prompt BODY`, or `thread LENGTH` where the path says that it cannot.
  private static class Echo implements PromptHandler {
    @Override
    public Optional<CompletableFuture<Answer>> answer(Request request, byte[] body) {
      return switch (request.path()) {
        case "/thread" -> Optional.empty();
        case "/bug" -> throw new IllegalStateException("bug");
        case "/broken" ->
            Optional.of(CompletableFuture.failedFuture(new IllegalStateException("bug")));
        default -> Optional.of(CompletableFuture.completedFuture(prompt(body)));
      };
    }

    static Answer prompt(byte[] body) {
      return new Answer(202, Map.of("X-Way", "prompt"), body);
    }

    @Override
    public void handle(Request request, Response response) throws IOException {
      response.header("X-Way", "thread");
      request.body().transferTo(response.body());
    }
  }

  private static void route(Fixture fixture, PromptHandler handler) {
    fixture.gateway.routes(RouteTable.of(Fixture.everything(new RouteTarget.Local(handler))));
  }

  @ParameterizedTest
  @CsvSource({
    "/, 5, 202, prompt",
    "/, 0, 202, prompt",
    "/, 16384, 202, prompt",
    "/, 16385, 200, thread",
    "/, 300000, 200, thread",
    "/thread, 5, 200, thread",
    "/thread, 0, 200, thread",
    "/bug, 5, 500, InternalError",
    "/broken, 5, 500, InternalError"
  })
  void aSmallRequestIsAnsweredAsAWholeAndOthersByAThread(
      String path, int length, int status, String way) throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(fixture, new Echo());
      String body = "b".repeat(length);
      client.send(
          "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(path, length, body));
      String answer = client.response();
      assertThat(answer).startsWith("HTTP/1.1 " + status).contains(way);
      if (status < 300) {
        assertThat(answer).endsWith("\r\n\r\n" + body);
      }
      // And the connection goes on.
      assertThat(
              client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nnext").response())
          .startsWith("HTTP/1.1 202")
          .endsWith("next");
    }
  }

  @Test
  void aBodyOfUnknownLengthIsForAThread() throws IOException {
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(fixture, new Echo());
      client.send(
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
      assertThat(client.response()).startsWith("HTTP/1.1 200").contains("thread").endsWith("hi");
    }
  }

  /// As a body that is too large: refused at once, or when some of it was read. What is left of it
  /// must not be taken for the next request.
  @ParameterizedTest
  @CsvSource({"100000, 0", "100000, 20000", "100000, 100000"})
  void aBodyThatIsRefusedIsNotTheNextRequest(int length, int read) throws IOException {
    PromptHandler refusing =
        new Echo() {
          @Override
          public void handle(Request request, Response response) throws IOException {
            request.body().readNBytes(read);
            response.status(413);
            response.body().write("too large".getBytes(UTF_8));
          }
        };
    try (Fixture fixture = Fixture.start();
        Fixture.Client client = fixture.connect()) {
      route(fixture, refusing);
      String head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n".formatted(length);
      // All but the end, so that it cannot have come.
      client.send(head + "b".repeat(length - (read < length ? 1 : 0)));
      String answer = client.response();
      assertThat(answer).startsWith("HTTP/1.1 413").endsWith("too large");
      if (read < length) {
        assertThat(client.in().read()).as("the connection ends").isEqualTo(-1);
      } else {
        assertThat(
                client
                    .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nnext")
                    .response())
            .startsWith("HTTP/1.1 202")
            .endsWith("next");
      }
    }
  }

  @Test
  void answersComeLaterAndInTheOrderOfTheRequests() throws Exception {
    BlockingQueue<CompletableFuture<PromptHandler.Answer>> asked = new LinkedBlockingQueue<>();
    PromptHandler later =
        new Echo() {
          @Override
          public Optional<CompletableFuture<Answer>> answer(Request request, byte[] body) {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            asked.add(answer);
            return Optional.of(answer);
          }
        };
    try (Fixture fixture = Fixture.start()) {
      route(fixture, later);
      String request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
      try (Fixture.Client client = fixture.connect()) {
        client.send(request + request);
        asked.take().complete(Echo.prompt("first".getBytes(UTF_8)));
        assertThat(client.response()).endsWith("first");
        asked.take().complete(Echo.prompt("second".getBytes(UTF_8)));
        assertThat(client.response()).endsWith("second");
        client.send(request);
      }
      // Its client has left.
      asked.take().complete(Echo.prompt("third".getBytes(UTF_8)));
      try (Fixture.Client client = fixture.connect()) {
        client.send(request);
        asked.take().complete(Echo.prompt("fourth".getBytes(UTF_8)));
        assertThat(client.response()).endsWith("fourth");
      }
    }
  }
}

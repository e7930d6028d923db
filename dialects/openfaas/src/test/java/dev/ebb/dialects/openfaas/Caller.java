package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.LocalHandler;
import dev.ebb.dataplane.PromptHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Sends requests to a handler without a network.
final class Caller {
  private final LocalHandler handler;
  private String authorization = "";
  private int prompts;

  Caller(LocalHandler handler) {
    this.handler = handler;
  }

  Caller as(String user, String password) {
    authorization =
        "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    return this;
  }

  Caller withAuthorization(String header) {
    authorization = header;
    return this;
  }

  /// How many answers no thread waited for.
  int prompts() {
    return prompts;
  }

  /// What came back.
  record Answer(int status, Map<String, String> headers, String body) {
    /// As the tables of cases write it.
    String told() {
      return body.isEmpty() ? Integer.toString(status) : status + " " + body;
    }
  }

  /// @param line method and path with query: `GET /system/functions?namespace=a`
  /// @param extra headers, with names in lower case
  Answer call(String line, String body, Map<String, String> extra) {
    String[] words = line.split(" ");
    String[] target = words[1].split("\\?", 2);
    Recorded response = new Recorded();
    Map<String, List<String>> headers = new HashMap<>();
    if (!authorization.isEmpty()) {
      headers.put("authorization", List.of(authorization));
    }
    extra.forEach((name, value) -> headers.put(name, List.of(value)));
    byte[] bytes = body.getBytes(UTF_8);
    LocalHandler.Request request =
        new LocalHandler.Request(
            words[0],
            target[0],
            target.length > 1 ? target[1] : "",
            headers,
            new ByteArrayInputStream(bytes));
    // As the gateway does with small bodies.
    Optional<PromptHandler.Answer> prompt =
        handler instanceof PromptHandler prompter
            ? prompter.answer(request, bytes).map(CompletableFuture::join)
            : Optional.empty();
    if (prompt.isPresent()) {
      prompts++;
      return new Answer(
          prompt.get().status(), prompt.get().headers(), new String(prompt.get().body(), UTF_8));
    }
    try {
      handler.handle(request, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Answer(response.status, response.headers, response.body.toString(UTF_8));
  }

  Answer call(String line, String body) {
    return call(line, body, Map.of());
  }

  Answer call(String line) {
    return call(line, "");
  }

  private static final class Recorded implements LocalHandler.Response {
    private int status = 200;
    private final Map<String, String> headers = new HashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    @Override
    public void status(int code) {
      status = code;
    }

    @Override
    public void header(String name, String value) {
      headers.put(name, value);
    }

    @Override
    public OutputStream body() {
      return body;
    }

    @Override
    public void whenClientLeaves(Runnable action) {}
  }
}

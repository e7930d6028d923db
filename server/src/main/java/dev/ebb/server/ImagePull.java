package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.ResponseStream;
import dev.ebb.images.containers.LocalImages;
import dev.ebb.images.distribution.Credential;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.images.distribution.PullCredentials;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `POST /ebb/images/pull?name=REF`: the answer is a document in each line, how far it is, and at
/// the end what was pulled or why not. Whoever goes away in between ends the pull, unless others
/// want the same; what was transferred is kept, so that the next one goes on there.
///
/// The body has the credentials: `{"username": ..., "password": ...}` for this image, or `{"auths":
/// {...}}` as Docker's configuration file has them, or nothing.
final class ImagePull {
  private static final JsonMapper JSON = new JsonMapper();

  /// Of a configuration file with credentials.
  private static final int BODY_BYTES = 1 << 20;

  /// Often enough for a person who looks at it.
  private static final long TICK_MILLIS = 200;

  private final LocalImages images;

  ImagePull(LocalImages images) {
    this.images = images;
  }

  void answer(Exchange exchange, ImageReference reference) throws IOException {
    PullCredentials credentials = credentials(reference, body(exchange));
    PullProgress progress = new PullProgress();
    FutureTask<JsonNode> pull = new FutureTask<>(() -> pull(reference, credentials, progress));
    try (ResponseStream out = exchange.stream(200, "application/x-ndjson", () -> {})) {
      Thread.ofVirtual().name("pull " + reference).start(pull);
      JsonNode told = JSON.createObjectNode();
      while (!out.ended()) {
        try {
          write(out, pull.get(TICK_MILLIS, TimeUnit.MILLISECONDS));
          return;
        } catch (TimeoutException e) {
          JsonNode now = progress.json();
          if (!now.equals(told)) {
            write(out, now);
            told = now;
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      pull.cancel(true);
    }
  }

  private JsonNode pull(
      ImageReference reference, PullCredentials credentials, PullProgress progress) {
    try (var image = images.open(reference, credentials, progress)) {
      return JSON.createObjectNode()
          .put("name", reference.toString())
          .put("digest", image.reference().digest().orElse(""))
          .put("bytes", progress.bytes());
    } catch (ImageException e) {
      return JSON.createObjectNode()
          .put("error", Objects.requireNonNullElse(e.getMessage(), e.toString()));
    }
  }

  private static void write(ResponseStream out, JsonNode line) throws IOException {
    out.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode body(Exchange exchange) throws IOException {
    byte[] bytes = exchange.bodyStream().readNBytes(BODY_BYTES + 1);
    if (bytes.length > BODY_BYTES) {
      throw refused("the credentials are longer than %d bytes".formatted(BODY_BYTES));
    }
    try {
      return bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
    } catch (JacksonException e) {
      throw refused("the credentials are not JSON"); // The parser's message could quote a password.
    }
  }

  private static PullCredentials credentials(ImageReference reference, JsonNode body) {
    if (body.has("username")) {
      return PullCredentials.of(
          reference,
          new Credential(body.path("username").asString(""), body.path("password").asString("")));
    }
    return body.has("auths")
        ? PullCredentials.ofSecret(
            "kubernetes.io/dockerconfigjson",
            Map.of(".dockerconfigjson", JSON.writeValueAsBytes(body)))
        : PullCredentials.none();
  }

  private static ApiException refused(String message) {
    return new ApiException(new ApiStatus(400, "BadRequest", message, "", "", "", List.of()));
  }
}

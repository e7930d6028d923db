package dev.ebb.server;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.PathRoute;
import dev.ebb.images.Blobs;
import dev.ebb.images.archives.ImageArchive;
import dev.ebb.images.containers.CollectionPolicy;
import dev.ebb.images.containers.ContentCollector;
import dev.ebb.images.containers.LocalImages;
import dev.ebb.images.containers.NamedImage;
import dev.ebb.images.distribution.ImageException;
import dev.ebb.images.distribution.ImageReference;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The images of the machine for `ebb image`, under `/ebb/images`: `GET` lists them, `POST` reads
/// an archive from the body, `DELETE` forgets a name, `POST .../pull` and `POST .../gc` do what
/// they say. Images belong to the machine and to no namespace, so only who may use such paths gets
/// here.
final class ImageEndpoints {
  private static final String PATH = "/ebb/images";
  private static final JsonMapper JSON = new JsonMapper();

  private final LocalImages images;
  private final ImagePull pull;
  private final Blobs blobs;
  private final Supplier<ContentCollector> collector;
  private final InstantSource clock;

  ImageEndpoints(
      LocalImages images, Blobs blobs, Supplier<ContentCollector> collector, InstantSource clock) {
    this.images = images;
    this.pull = new ImagePull(images);
    this.blobs = blobs;
    this.collector = collector;
    this.clock = clock;
  }

  PathRoute route() {
    return new PathRoute(PATH, /* open= */ false, this::handle);
  }

  private void handle(Exchange exchange) throws IOException {
    try {
      if ((exchange.method() + exchange.path()).equals("POST" + PATH + "/pull")) {
        pull.answer(exchange, name(exchange));
        return;
      }
      JsonNode answer =
          switch (exchange.method() + " " + exchange.path()) {
            case "GET " + PATH -> list();
            case "POST " + PATH -> load(exchange);
            case "DELETE " + PATH -> remove(exchange);
            case "POST " + PATH + "/gc" -> collect(exchange);
            default -> throw refusal(404, "NotFound", "there is no such path under " + PATH);
          };
      exchange.respond(200, "application/json", JSON.writeValueAsBytes(answer));
    } catch (ImageException e) {
      throw refusal(e);
    }
  }

  private JsonNode list() {
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("images");
    images.list().forEach(image -> answer.withArray("images").add(json(image)));
    return answer;
  }

  private JsonNode load(Exchange exchange) throws IOException {
    Optional<ImageReference> name = exchange.query("name").map(ImageReference::parse);
    List<ImageArchive.Image> found = ImageArchive.read(exchange.bodyStream(), name, blobs, clock);
    ObjectNode answer = JSON.createObjectNode();
    answer.putArray("images");
    for (ImageArchive.Image image : found) {
      for (ImageReference reference : image.names()) {
        answer.withArray("images").add(json(images.name(reference, image.digest())));
      }
    }
    return answer;
  }

  private JsonNode remove(Exchange exchange) {
    ImageReference reference = name(exchange);
    if (!images.remove(reference)) {
      throw refusal(404, "NotFound", "image \"%s\" not found".formatted(reference));
    }
    return JSON.createObjectNode().put("name", reference.toString());
  }

  private JsonNode collect(Exchange exchange) {
    boolean all = exchange.query("all").filter("true"::equals).isPresent();
    ContentCollector.Report report =
        collector.get().collect(all ? CollectionPolicy.ALL : CollectionPolicy.DEFAULT);
    ObjectNode answer = JSON.createObjectNode().put("bytes", report.bytes());
    answer.putArray("images");
    report.images().forEach(image -> answer.withArray("images").add(image));
    return answer;
  }

  private static ImageReference name(Exchange exchange) {
    return ImageReference.parse(
        exchange
            .query("name")
            .orElseThrow(() -> refusal(400, "BadRequest", "the parameter 'name' is missing")));
  }

  private ObjectNode json(NamedImage image) {
    return JSON.createObjectNode()
        .put("name", image.reference().toString())
        .put("digest", image.digest())
        .put("origin", image.origin().name().toLowerCase(java.util.Locale.ROOT))
        .put("size", images.size(image))
        .put("created", image.created().toString())
        .put("lastUsed", image.lastUsed().toString());
  }

  static ApiException refusal(ImageException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case NOT_FOUND -> refusal(404, "NotFound", message);
      case UNAUTHORIZED -> refusal(403, "Forbidden", message);
      case DIGEST_MISMATCH, WRONG_PLATFORM, INVALID -> refusal(400, "BadRequest", message);
      case TOO_LARGE -> refusal(413, "RequestEntityTooLarge", message);
      case UNREACHABLE -> refusal(503, "ServiceUnavailable", message);
      case NO_SPACE -> refusal(507, "InsufficientStorage", message);
    };
  }

  private static ApiException refusal(int code, String reason, String message) {
    return new ApiException(new ApiStatus(code, reason, message, "", "", "", List.of()));
  }
}

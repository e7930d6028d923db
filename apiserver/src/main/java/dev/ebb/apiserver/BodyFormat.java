package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the bodies of requests.
final class BodyFormat {
  static final String SUPPORTED = "application/json, application/yaml";

  private BodyFormat() {}

  /// @throws ApiException 400, 413, 415
  static ObjectNode object(Exchange exchange) {
    return optionalObject(exchange)
        .orElseThrow(() -> ApiException.badRequest("the body must not be empty"));
  }

  /// As [#object], but empty for a request without a body.
  static Optional<ObjectNode> optionalObject(Exchange exchange) {
    String mediaType = mediaType(exchange);
    byte[] body = exchange.body();
    if (body.length == 0) {
      return Optional.empty();
    }
    JsonNode node =
        switch (mediaType) {
          case "", "application/json" -> JsonText.read(body);
          case "application/yaml" -> YamlText.read(body);
          case ProtobufObjects.MEDIA_TYPE -> ProtobufObjects.read(body);
          default -> throw Refusals.unsupportedMediaType(mediaType, SUPPORTED);
        };
    if (node instanceof ObjectNode object) {
      return Optional.of(object);
    }
    throw ApiException.badRequest("the body must be an object");
  }

  /// @throws ApiException 400, 413, 415
  static Patch patch(Exchange exchange) {
    String mediaType = mediaType(exchange);
    Patch.Type type =
        Arrays.stream(Patch.Type.values())
            .filter(candidate -> candidate.mediaType().equals(mediaType))
            .findFirst()
            .orElseThrow(() -> Refusals.unsupportedMediaType(mediaType, patchTypes()));
    JsonNode body =
        type == Patch.Type.APPLY ? YamlText.read(exchange.body()) : JsonText.read(exchange.body());
    if (type == Patch.Type.JSON ? !body.isArray() : !body.isObject()) {
      throw ApiException.badRequest(
          "the body of a %s must be %s"
              .formatted(mediaType, type == Patch.Type.JSON ? "an array" : "an object"));
    }
    return new Patch(type, body);
  }

  private static String patchTypes() {
    return Arrays.stream(Patch.Type.values())
        .map(Patch.Type::mediaType)
        .collect(Collectors.joining(", "));
  }

  private static String mediaType(Exchange exchange) {
    return exchange.header("Content-Type").map(value -> MediaRange.parse(value).type()).orElse("");
  }
}

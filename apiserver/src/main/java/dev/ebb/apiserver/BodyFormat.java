package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import dev.ebb.resources.Patch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the bodies of requests.
final class BodyFormat {
  static final String SUPPORTED =
      "application/json, application/yaml, " + ProtobufObjects.MEDIA_TYPE;

  /// How much of a body a message shows.
  private static final int SHOWN_BYTES = 30;

  /// @param duplicates the paths of fields that came twice, of which the last counts
  record Body(ObjectNode object, List<String> duplicates) {}

  private BodyFormat() {}

  /// @throws ApiException 400, 413, 415
  static ObjectNode object(Exchange exchange) {
    return body(exchange, "object").object();
  }

  /// @param type what the object should be, for messages: `ConfigMap`
  /// @throws ApiException 400, 413, 415
  static Body body(Exchange exchange, String type) {
    return optionalBody(exchange, type)
        .orElseThrow(() -> unrecognized(type, "unexpected end of JSON input", new byte[0]));
  }

  /// As [#object], but empty for a request without a body.
  static Optional<ObjectNode> optionalObject(Exchange exchange, String type) {
    return optionalBody(exchange, type).map(Body::object);
  }

  private static Optional<Body> optionalBody(Exchange exchange, String type) {
    String mediaType = mediaType(exchange);
    if (!List.of("", "application/json", "application/yaml", ProtobufObjects.MEDIA_TYPE)
        .contains(mediaType)) {
      throw Refusals.unsupportedMediaType(SUPPORTED);
    }
    byte[] body = exchange.body();
    if (body.length == 0) {
      return Optional.empty();
    }
    List<String> duplicates = new ArrayList<>();
    JsonNode node;
    try {
      node =
          switch (mediaType) {
            case "application/yaml" -> YamlText.read(body);
            case ProtobufObjects.MEDIA_TYPE -> ProtobufObjects.read(body);
            default -> JsonText.read(body, duplicates);
          };
    } catch (ApiException e) {
      throw e.status().code() == 400 ? unrecognized(type, e.status().message(), body) : e;
    }
    if (node instanceof ObjectNode object) {
      return Optional.of(new Body(object, duplicates));
    }
    throw unrecognized(
        type, "json: cannot unmarshal %s into an object".formatted(jsonType(node)), body);
  }

  private static ApiException unrecognized(String type, String problem, byte[] body) {
    return ApiException.badRequest(
        "the object provided is unrecognized (must be of type %s): couldn't get version/kind; json"
                .formatted(type)
            + " parse error: %s (%s)".formatted(problem, summary(body)));
  }

  private static String summary(byte[] body) {
    if (body.length == 0) {
      return "<empty>";
    }
    int shown = Math.min(SHOWN_BYTES, body.length);
    String rest = shown < body.length ? " ..." : "";
    return body[0] == '{'
        ? new String(body, 0, shown, StandardCharsets.UTF_8) + rest
        : HexFormat.of().formatHex(body, 0, shown) + rest;
  }

  /// What Go's decoder calls a value: `string`, `number`, `bool`, `object`, `array`.
  static String jsonType(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      default -> "null";
    };
  }

  /// @param strategic whether the kind takes strategic merge patches
  /// @throws ApiException 415
  static Patch.Type patchType(Exchange exchange, boolean strategic) {
    String mediaType = mediaType(exchange);
    return patchTypes(strategic)
        .filter(candidate -> candidate.mediaType().equals(mediaType))
        .findFirst()
        .orElseThrow(() ->
            Refusals.unsupportedMediaType(
                patchTypes(strategic)
                    .map(Patch.Type::mediaType)
                    .collect(Collectors.joining(", "))));
  }

  private static Stream<Patch.Type> patchTypes(boolean strategic) {
    return Arrays.stream(Patch.Type.values())
        .filter(type -> strategic || type != Patch.Type.STRATEGIC_MERGE);
  }

  /// @throws ApiException 400, 413
  static Patch patch(Exchange exchange, Patch.Type type, List<String> duplicates) {
    byte[] bytes = exchange.body();
    JsonNode body;
    try {
      body = type == Patch.Type.APPLY ? YamlText.read(bytes) : JsonText.read(bytes, duplicates);
    } catch (ApiException e) {
      throw e.status().code() == 400
          ? ApiException.badRequest("error decoding patch: " + e.status().message())
          : e;
    }
    if (type == Patch.Type.JSON ? !body.isArray() : !body.isObject()) {
      throw ApiException.badRequest(
          "error decoding patch: json: cannot unmarshal %s into Go value of type %s"
              .formatted(
                  jsonType(body),
                  type == Patch.Type.JSON ? "[]jsonpatch.Operation" : "map[string]interface {}"));
    }
    return new Patch(type, body);
  }

  private static String mediaType(Exchange exchange) {
    return exchange.header("Content-Type").map(value -> MediaRange.parse(value).type()).orElse("");
  }
}

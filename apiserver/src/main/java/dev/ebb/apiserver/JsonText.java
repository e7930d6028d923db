package dev.ebb.apiserver;

import dev.ebb.resources.ApiException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON as it is read from and written to clients. Thread-safe.
///
/// A field that comes twice is no error in itself: as in Kubernetes the last one counts, and
/// `fieldValidation` says whether it is refused, warned of or passed over.
final class JsonText {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonText() {}

  /// @throws ApiException 400
  static JsonNode read(byte[] bytes) {
    return read(bytes, new ArrayList<>());
  }

  /// @param duplicates gets the paths of fields that come twice: `spec.containers[0].name`
  /// @throws ApiException 400 with nothing but the problem
  static JsonNode read(byte[] bytes, List<String> duplicates) {
    try (JsonParser parser = MAPPER.createParser(bytes)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw ApiException.badRequest("unexpected end of JSON input");
      }
      JsonNode node = value(parser, first, duplicates);
      if (parser.nextToken() != null) {
        throw ApiException.badRequest("unexpected text after the top-level value");
      }
      return node;
    } catch (JacksonException e) {
      throw ApiException.badRequest(e.getOriginalMessage());
    }
  }

  // As deep as Jackson's own limit on nesting.
  private static JsonNode value(JsonParser parser, JsonToken token, List<String> duplicates) {
    return switch (token) {
      case START_OBJECT -> object(parser, duplicates);
      case START_ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          array.add(value(parser, next, duplicates));
        }
        yield array;
      }
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_NUMBER_INT -> whole(parser);
      case VALUE_NUMBER_FLOAT -> NODES.numberNode(finite(parser));
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new IllegalStateException("no value begins with " + token);
    };
  }

  private static ObjectNode object(JsonParser parser, List<String> duplicates) {
    ObjectNode object = NODES.objectNode();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      JsonNode before = object.replace(name, value(parser, parser.nextToken(), duplicates));
      if (before != null) {
        duplicates.add(path(parser.streamReadContext()));
      }
    }
    return object;
  }

  /// What does not fit into 64 bits becomes a floating-point number, as in Kubernetes.
  private static JsonNode whole(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT -> NODES.numberNode(parser.getIntValue());
      case LONG -> NODES.numberNode(parser.getLongValue());
      default -> NODES.numberNode(finite(parser));
    };
  }

  private static double finite(JsonParser parser) {
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw ApiException.badRequest("json: cannot unmarshal number into Go value of type float64");
    }
    return value;
  }

  private static String path(TokenStreamContext context) {
    TokenStreamContext parent = context.getParent();
    String before = parent == null || parent.inRoot() ? "" : path(parent);
    if (context.inArray()) {
      return before + "[" + context.getCurrentIndex() + "]";
    }
    return before.isEmpty() ? context.currentName() : before + "." + context.currentName();
  }

  static byte[] write(JsonNode node, boolean pretty) {
    return pretty
        ? MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(node)
        : MAPPER.writeValueAsBytes(node);
  }
}

package dev.ebb.kinds.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// JSON as values of CEL, by the types of its schema: an `integer` is an int, a `number` a double,
/// a string of format `date-time` a timestamp.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules">Validation
///   rules</a>
public final class CelValues {
  private static final Set<String> RESERVED =
      Set.of(
          "true",
          "false",
          "null",
          "in",
          "as",
          "break",
          "const",
          "continue",
          "else",
          "for",
          "function",
          "if",
          "import",
          "let",
          "loop",
          "package",
          "namespace",
          "return",
          "var",
          "void",
          "while");

  private CelValues() {}

  /// @param root of `metadata` at the root only the names are shown
  public static Object of(JsonNode value, JsonNode schema, boolean root) {
    return switch (value.getNodeType()) {
      case OBJECT -> object(value, schema, root);
      case ARRAY -> {
        List<Object> items = new ArrayList<>(value.size());
        value.forEach(item -> items.add(of(item, schema.path("items"), false)));
        yield items;
      }
      case STRING -> string(value.asString(), schema.path("format").asString(""));
      case BOOLEAN -> value.asBoolean();
      case NUMBER ->
          schema.path("type").asString("").equals("number") || !value.canConvertToLong()
              ? (Object) value.doubleValue()
              : value.isIntegralNumber() || value.doubleValue() == Math.rint(value.doubleValue())
                  ? (Object) (long) value.doubleValue()
                  : value.doubleValue();
      default -> NullValue.NULL_VALUE;
    };
  }

  private static Map<String, Object> object(JsonNode value, JsonNode schema, boolean root) {
    Map<String, Object> fields = new HashMap<>();
    JsonNode properties = schema.path("properties");
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String name = field.getKey();
      JsonNode property = properties.path(name);
      if (root && name.equals("metadata")) {
        fields.put(name, names(field.getValue()));
      } else if (property.isMissingNode()) {
        fields.put(name, of(field.getValue(), schema.path("additionalProperties"), false));
      } else if (!field.getValue().isNull() || property.path("nullable").asBoolean(false)) {
        fields.put(escaped(name), of(field.getValue(), property, false));
      }
    }
    return fields;
  }

  private static Map<String, Object> names(JsonNode metadata) {
    Map<String, Object> names = new HashMap<>();
    for (String name : List.of("name", "generateName")) {
      if (metadata.path(name).isString()) {
        names.put(name, metadata.path(name).asString());
      }
    }
    return names;
  }

  /// A field's name as an identifier.
  static String escaped(String name) {
    if (RESERVED.contains(name)) {
      return "__" + name + "__";
    }
    return name.replace("__", "__underscores__")
        .replace(".", "__dot__")
        .replace("-", "__dash__")
        .replace("/", "__slash__");
  }

  private static Object string(String text, String format) {
    try {
      return switch (format) {
        case "date-time", "datetime" -> OffsetDateTime.parse(text).toInstant();
        case "date" -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        case "duration" -> duration(text);
        case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
        default -> text;
      };
    } catch (DateTimeException | IllegalArgumentException e) {
      return text; // not of its format, which is told elsewhere
    }
  }

  /// Go's form of durations, as far as ISO 8601 has its units: `1h30m`, `1.5s`.
  private static Duration duration(String text) {
    return Duration.parse("PT" + text.strip());
  }

  /// Of a value that is not there.
  public static Object none() {
    return Optional.empty();
  }

  /// Of a value that may not be there, and is.
  public static Object some(Object value) {
    return Optional.of(value);
  }
}

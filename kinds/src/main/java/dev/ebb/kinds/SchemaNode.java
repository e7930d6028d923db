package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One place of a [Schema], compiled: what validation and defaulting ask, without looking words up
/// in JSON again. Words that are not here (`description`, `x-kubernetes-list-type`) constrain
/// nothing.
///
/// @param items of an array; null where anything may stand in it
/// @param additional of a map's values; null for an object with named fields only
/// @param open fields that are not named are kept (`x-kubernetes-preserve-unknown-fields`)
record SchemaNode(
    Type type,
    boolean nullable,
    boolean open,
    Map<String, SchemaNode> properties,
    List<String> required,
    @Nullable SchemaNode items,
    @Nullable SchemaNode additional,
    @Nullable JsonNode defaultValue,
    List<JsonNode> allowed,
    @Nullable Pattern pattern,
    JsonNode minimum,
    JsonNode maximum,
    OptionalInt minLength,
    OptionalInt maxLength,
    OptionalInt minItems,
    OptionalInt maxItems) {

  /// How a value may be written.
  enum Type {
    OBJECT,
    ARRAY,
    STRING,
    BOOLEAN,
    NUMBER,
    INT32,
    INT64,
    INT_OR_STRING,
    ANY
  }

  static SchemaNode compile(JsonNode schema) {
    Map<String, SchemaNode> properties = new LinkedHashMap<>();
    schema
        .path("properties")
        .properties()
        .forEach(entry -> properties.put(entry.getKey(), compile(entry.getValue())));
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asString()));
    List<JsonNode> allowed = new ArrayList<>();
    schema.path("enum").forEach(allowed::add);
    JsonNode items = schema.path("items");
    JsonNode additional = schema.path("additionalProperties");
    return new SchemaNode(
        type(schema),
        schema.path("nullable").asBoolean(false),
        schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
            || additional.asBoolean(false),
        properties,
        required,
        items.isObject() ? compile(items) : null,
        additional.isObject() ? compile(additional) : null,
        schema.has("default") ? schema.path("default") : null,
        allowed,
        schema.has("pattern") ? Pattern.compile(schema.path("pattern").asString()) : null,
        schema.path("minimum"),
        schema.path("maximum"),
        count(schema.path("minLength")),
        count(schema.path("maxLength")),
        count(schema.path("minItems")),
        count(schema.path("maxItems")));
  }

  private static Type type(JsonNode schema) {
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      return Type.INT_OR_STRING;
    }
    return switch (schema.path("type").asString("")) {
      case "object" -> Type.OBJECT;
      case "array" -> Type.ARRAY;
      case "string" -> Type.STRING;
      case "boolean" -> Type.BOOLEAN;
      case "number" -> Type.NUMBER;
      case "integer" ->
          schema.path("format").asString("").equals("int32") ? Type.INT32 : Type.INT64;
      default -> Type.ANY;
    };
  }

  private static OptionalInt count(JsonNode node) {
    return node.isInt() ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
  }
}

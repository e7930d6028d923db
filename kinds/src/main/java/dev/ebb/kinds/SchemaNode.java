package dev.ebb.kinds;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One place of a [Schema], compiled: what validation and defaulting ask, without looking words up
/// in JSON again. Words that are not here (`description`) constrain nothing.
///
/// @param items of an array; null where anything may stand in it
/// @param additional of a map's values; null for an object with named fields only
/// @param open fields that are not named are kept (`x-kubernetes-preserve-unknown-fields`)
/// @param embedded a whole Kubernetes object (`x-kubernetes-embedded-resource`)
record SchemaNode(
    Type type,
    boolean nullable,
    boolean open,
    boolean embedded,
    Map<String, SchemaNode> properties,
    @Nullable SchemaNode items,
    @Nullable SchemaNode additional,
    @Nullable JsonNode defaultValue,
    ValueRules rules,
    ListRules list) {

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
    QUANTITY,
    ANY
  }

  static SchemaNode compile(JsonNode schema) {
    return compile(schema, new SchemaParts());
  }

  static SchemaNode compile(JsonNode schema, SchemaParts shared) {
    Type type = type(schema);
    boolean embedded = schema.path("x-kubernetes-embedded-resource").asBoolean(false);
    Map<String, SchemaNode> properties = properties(schema, embedded, shared);
    JsonNode items = schema.path("items");
    JsonNode additional = schema.path("additionalProperties");
    return new SchemaNode(
        type,
        schema.path("nullable").asBoolean(false),
        schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)
            || additional.asBoolean(false),
        embedded,
        properties.isEmpty() ? Map.of() : properties,
        items.isObject() ? compile(items, shared) : null,
        additional.isObject() ? compile(additional, shared) : null,
        schema.has("default") ? schema.path("default") : null,
        ValueRules.compile(schema, type),
        ListRules.compile(schema));
  }

  private static Map<String, SchemaNode> properties(
      JsonNode schema, boolean embedded, SchemaParts shared) {
    String name = schema.path(SchemaWords.NAME).asString("");
    Map<String, SchemaNode> present = name.isEmpty() ? null : shared.find(name);
    if (present != null) {
      return present;
    }
    Map<String, SchemaNode> properties = new LinkedHashMap<>();
    if (embedded) {
      MetaSchemas.embedded()
          .properties()
          .forEach(field -> properties.put(field.getKey(), compile(field.getValue(), shared)));
    }
    schema
        .path("properties")
        .properties()
        .forEach(entry -> {
          if (!(embedded && entry.getKey().equals("metadata"))) {
            properties.put(entry.getKey(), compile(entry.getValue(), shared));
          }
        });
    if (!name.isEmpty()) {
      shared.add(name, properties);
    }
    return properties;
  }

  private static Type type(JsonNode schema) {
    if (!schema.has("type") && schema.has("oneOf") && schema.has(SchemaWords.NAME)) {
      return Type.QUANTITY;
    }
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
}

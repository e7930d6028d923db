package dev.ebb.kinds.extensions;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The words of the schemas in CustomResourceDefinitions, and the way through such a schema.
final class CrdSchemaWords {
  /// Words with one schema.
  private static final List<String> ONE = List.of("items", "additionalProperties", "not");

  /// Words with a list of schemas.
  private static final List<String> MANY = List.of("allOf", "anyOf", "oneOf");

  private static final Set<String> KNOWN =
      Set.of(
          "$ref",
          "$schema",
          "additionalItems",
          "additionalProperties",
          "allOf",
          "anyOf",
          "default",
          "definitions",
          "dependencies",
          "description",
          "enum",
          "example",
          "exclusiveMaximum",
          "exclusiveMinimum",
          "externalDocs",
          "format",
          "id",
          "items",
          "maxItems",
          "maxLength",
          "maxProperties",
          "maximum",
          "minItems",
          "minLength",
          "minProperties",
          "minimum",
          "multipleOf",
          "not",
          "nullable",
          "oneOf",
          "pattern",
          "patternProperties",
          "properties",
          "required",
          "title",
          "type",
          "uniqueItems",
          "x-kubernetes-embedded-resource",
          "x-kubernetes-int-or-string",
          "x-kubernetes-list-map-keys",
          "x-kubernetes-list-type",
          "x-kubernetes-map-type",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-validations");

  private CrdSchemaWords() {}

  /// Visits a schema and all below it.
  static void forEach(JsonNode schema, Consumer<JsonNode> visitor) {
    if (!schema.isObject()) {
      return;
    }
    visitor.accept(schema);
    schema.path("properties").forEach(property -> forEach(property, visitor));
    ONE.forEach(word -> forEach(schema.path(word), visitor));
    MANY.forEach(word -> schema.path(word).forEach(each -> forEach(each, visitor)));
  }

  static boolean any(JsonNode schema, Predicate<JsonNode> wanted) {
    boolean[] found = {false};
    forEach(schema, node -> found[0] |= wanted.test(node));
    return found[0];
  }

  static boolean hasKubernetesExtensions(JsonNode schema) {
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      if (word.getKey().startsWith("x-kubernetes-") && !word.getKey().endsWith("map-type")) {
        return true;
      }
    }
    return false;
  }

  /// Collects the paths of what is no word of a schema.
  static void unknown(JsonNode schema, String path, List<String> paths) {
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      String name = word.getKey();
      JsonNode value = word.getValue();
      String at = path + "." + name;
      if (!KNOWN.contains(name)) {
        paths.add(at);
      } else if (name.equals("properties")) {
        value
            .properties()
            .forEach(property -> unknown(property.getValue(), at + "." + property.getKey(), paths));
      } else if (ONE.contains(name)) {
        unknown(value, at, paths);
      } else if (MANY.contains(name)) {
        for (int i = 0; i < value.size(); i++) {
          unknown(value.path(i), "%s[%d]".formatted(at, i), paths);
        }
      }
    }
  }

  /// Takes out what is no word of a schema, and words without a value, as the API server's decoder
  /// does.
  static void pruneUnknown(JsonNode schema) {
    forEach(
        schema,
        node -> {
          ObjectNode words = (ObjectNode) node;
          words.propertyNames().stream()
              .filter(word -> !KNOWN.contains(word) || words.path(word).isNull())
              .toList()
              .forEach(words::remove);
        });
  }
}

package dev.ebb.kinds.openapi;

import dev.ebb.kinds.SchemaWords;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes schemas for a document in which each part that has a name stands once and is referred to
/// from everywhere else: nine kinds have a `io.k8s.api.core.v1.PodSpec`.
///
/// One writer is for one document. Not thread-safe.
abstract class SchemaReferences {
  /// What belongs to the part and not to the place where it stands.
  private static final Set<String> OF_PART =
      Set.of(
          "type",
          "format",
          "oneOf",
          "anyOf",
          "pattern",
          "properties",
          "required",
          "items",
          "additionalProperties",
          "x-kubernetes-int-or-string",
          "x-kubernetes-preserve-unknown-fields",
          "x-kubernetes-map-type",
          SchemaWords.NAME,
          SchemaWords.DOC,
          SchemaWords.TOLD);

  private final Map<String, ObjectNode> parts = new LinkedHashMap<>();

  /// `#/definitions/`.
  abstract String prefix();

  /// How a place refers to a part: alone, or with more to say of it.
  abstract void refer(ObjectNode place, String reference);

  /// The words of one schema in the words of the document.
  abstract void word(ObjectNode written, String word, JsonNode value);

  /// The parts that were referred to so far, by name.
  final Map<String, ObjectNode> parts() {
    return parts;
  }

  /// A schema that is no part itself, with references to its parts.
  final ObjectNode write(JsonNode schema) {
    ObjectNode written = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      JsonNode value = word.getValue();
      switch (word.getKey()) {
        case "properties" -> {
          ObjectNode properties = written.putObject("properties");
          value
              .properties()
              .forEach(property -> properties.set(property.getKey(), place(property.getValue())));
        }
        case "items", "additionalProperties" ->
            written.set(word.getKey(), value.isObject() ? place(value) : value);
        case "required", SchemaWords.TOLD -> {
          ArrayNode required = written.withArrayProperty("required");
          value.forEach(required::add);
        }
        default -> {
          if (!word.getKey().startsWith(SchemaWords.PREFIX)) {
            word(written, word.getKey(), value);
          }
        }
      }
    }
    return written;
  }

  private ObjectNode place(JsonNode schema) {
    String name = schema.path(SchemaWords.NAME).asString("");
    if (name.isEmpty()) {
      return write(schema);
    }
    if (!parts.containsKey(name)) {
      ObjectNode part = JsonNodeFactory.instance.objectNode();
      parts.put(name, part);
      part.setAll(write(schema));
      part.remove("default");
      part.remove("description");
      JsonNode doc = schema.path(SchemaWords.DOC);
      if (doc.isString()) {
        part.set("description", doc);
      }
    }
    ObjectNode place = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> word : schema.properties()) {
      if (!OF_PART.contains(word.getKey()) && !isDocOfPart(word, schema)) {
        word(place, word.getKey(), word.getValue());
      }
    }
    refer(place, prefix() + name);
    return place;
  }

  /// A place that says nothing of its own shows what the part says.
  private static boolean isDocOfPart(Map.Entry<String, JsonNode> word, JsonNode schema) {
    return word.getKey().equals("description")
        && word.getValue().equals(schema.path(SchemaWords.DOC));
  }
}

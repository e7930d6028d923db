package dev.ebb.kinds.core;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// What one version of a kind has no field for, kept in an annotation.
final class AnnotatedJson {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private AnnotatedJson() {}

  /// Takes the annotation away; missing for one that is absent or no JSON.
  static JsonNode take(ObjectNode object, String annotation) {
    if (!(object.path("metadata").path("annotations") instanceof ObjectNode annotations)
        || !annotations.has(annotation)) {
      return MissingNode.getInstance();
    }
    String text = annotations.path(annotation).asString("");
    annotations.remove(annotation);
    if (annotations.isEmpty()) {
      object.withObjectProperty("metadata").remove("annotations");
    }
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException noJson) {
      return MissingNode.getInstance();
    }
  }

  /// Nothing is kept of what is empty.
  static void put(ObjectNode object, String annotation, JsonNode value) {
    if (!value.isEmpty()) {
      object.withObject("/metadata/annotations").put(annotation, value.toString());
    }
  }
}

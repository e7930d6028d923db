package dev.ebb.kinds.extensions;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Whether the defaults of a structural schema fit it, and have no fields that it would prune.
final class DefaultRules {
  private DefaultRules() {}

  static List<FieldError> validate(JsonNode schema, String path) {
    List<FieldError> errors = new ArrayList<>();
    walk(schema, path, errors);
    return errors;
  }

  private static void walk(JsonNode schema, String path, List<FieldError> errors) {
    JsonNode value = schema.path("default");
    if (!value.isMissingNode()) {
      check(schema, value, path, errors);
    }
    if (schema.path("items").isObject()) {
      walk(schema.path("items"), path + ".items", errors);
    }
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      walk(property.getValue(), "%s.properties[%s]".formatted(path, property.getKey()), errors);
    }
  }

  private static void check(JsonNode schema, JsonNode value, String path, List<FieldError> errors) {
    ObjectNode holder = JsonNodeFactory.instance.objectNode().put("type", "object");
    holder.putObject("properties").set("default", schema);
    Schema compiled = Schema.ofCustomResource(() -> holder);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.set("default", value.deepCopy());
    compiled.prune(object);
    if (!SameJson.same(object.path("default"), value)) {
      errors.add(FieldError.invalid(path + ".default", value, "must not have unknown fields"));
    }
    compiled.validate(object).forEach(error -> errors.add(error.under(path)));
  }
}

package dev.ebb.kinds;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Fills in the `default` values of a schema.
final class SchemaDefaults {
  private SchemaDefaults() {}

  static void apply(SchemaNode schema, JsonNode value) {
    if (value instanceof ObjectNode object) {
      dropNulls(schema, object);
      schema
          .properties()
          .forEach((name, property) -> {
            JsonNode defaultValue = property.defaultValue();
            if (defaultValue != null && !object.has(name)) {
              object.set(name, defaultValue.deepCopy());
            }
          });
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        SchemaNode child = schema.properties().get(entry.getKey());
        if (child == null) {
          child = schema.additional();
        }
        if (child != null) {
          apply(child, entry.getValue());
        }
      }
    } else if (value.isArray() && schema.items() != null) {
      value.forEach(item -> apply(schema.items(), item));
    }
  }

  private static void dropNulls(SchemaNode schema, ObjectNode object) {
    for (Map.Entry<String, JsonNode> entry : List.copyOf(object.properties())) {
      SchemaNode property = schema.properties().get(entry.getKey());
      if (property != null
          && entry.getValue().isNull()
          && !property.nullable()
          && property.type() != SchemaNode.Type.ANY) {
        object.remove(entry.getKey());
      }
    }
  }
}

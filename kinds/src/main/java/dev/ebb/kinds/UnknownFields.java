package dev.ebb.kinds;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds the fields of an object that its schema does not name.
final class UnknownFields {
  /// What to do with one.
  interface Finding {
    void at(ObjectNode parent, String name, String path);
  }

  private UnknownFields() {}

  static void find(SchemaNode schema, JsonNode value, String path, Finding finding) {
    if (value instanceof ObjectNode object) {
      // A copy, because a finding may take the field out.
      for (Map.Entry<String, JsonNode> entry : List.copyOf(object.properties())) {
        SchemaNode child = schema.properties().get(entry.getKey());
        String childPath = SchemaValidator.child(path, entry.getKey());
        if (child == null) {
          child = schema.additional();
        }
        if (child != null) {
          find(child, entry.getValue(), childPath, finding);
        } else if (isClosed(schema)) {
          finding.at(object, entry.getKey(), childPath);
        }
      }
    } else if (value.isArray() && schema.items() != null) {
      for (int i = 0; i < value.size(); i++) {
        find(schema.items(), value.get(i), path + "[" + i + "]", finding);
      }
    }
  }

  private static boolean isClosed(SchemaNode schema) {
    return schema.type() == SchemaNode.Type.OBJECT && !schema.open();
  }
}

package dev.ebb.resources.apply;

import dev.ebb.resources.JsonEquality;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Which fields a value has, and in which two values differ.
final class Fields {
  private Fields() {}

  static FieldSet of(JsonNode value, Structure structure) {
    Map<String, FieldSet> children = new HashMap<>();
    if (value instanceof ObjectNode object && structure.dividesObjects()) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        children.put("f:" + field.getKey(), of(field.getValue(), structure.field(field.getKey())));
      }
    } else if (value instanceof ArrayNode list && structure.dividesLists()) {
      structure
          .elements(list)
          .forEach(
              (element, item) -> children.put(element, of(item, structure.items()).asMember()));
    }
    return children.isEmpty() ? FieldSet.LEAF : FieldSet.of(children);
  }

  /// The fields of `after` that `before` has not, or has with another value.
  static FieldSet changed(JsonNode before, JsonNode after, Structure structure) {
    return beyond(
        after,
        before,
        structure,
        (value, old, inner) -> JsonEquality.same(old, value) ? FieldSet.EMPTY : of(value, inner));
  }

  /// The fields of `before` that `after` has not.
  static FieldSet removed(JsonNode before, JsonNode after, Structure structure) {
    return beyond(
        before, after, structure, (value, rest, inner) -> of(value, inner).minus(of(rest, inner)));
  }

  /// The fields of `value` that `other` has not, and `difference` of those that both have.
  private static FieldSet beyond(
      JsonNode value, JsonNode other, Structure structure, Difference difference) {
    if (value.equals(other)) {
      return FieldSet.EMPTY; // most of an object, most of the time: nothing to be built for it
    }
    Map<String, FieldSet> children = new HashMap<>();
    if (value instanceof ObjectNode object
        && other instanceof ObjectNode present
        && structure.dividesObjects()) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        String name = field.getKey();
        Structure inner = structure.field(name);
        children.put(
            "f:" + name,
            present.has(name)
                ? beyond(field.getValue(), present.path(name), inner, difference)
                : of(field.getValue(), inner));
      }
      return FieldSet.of(children);
    }
    if (value instanceof ArrayNode list
        && other instanceof ArrayNode otherList
        && structure.dividesLists()) {
      Map<String, JsonNode> present = structure.elements(otherList);
      structure
          .elements(list)
          .forEach((element, item) -> {
            JsonNode same = present.get(element);
            children.put(
                element,
                same == null
                    ? of(item, structure.items()).asMember()
                    : beyond(item, same, structure.items(), difference));
          });
      return FieldSet.of(children);
    }
    return difference.of(value, other, structure);
  }

  /// What one of two values that are no longer divided has beyond the other.
  private interface Difference {
    FieldSet of(JsonNode value, JsonNode other, Structure structure);
  }
}

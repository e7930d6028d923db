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
    if (before.equals(after)) {
      return FieldSet.EMPTY; // most of an object, most of the time: nothing to be built for it
    }
    Map<String, FieldSet> children = new HashMap<>();
    if (before instanceof ObjectNode old
        && after instanceof ObjectNode object
        && structure.dividesObjects()) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        String name = field.getKey();
        Structure inner = structure.field(name);
        children.put(
            "f:" + name,
            old.has(name)
                ? changed(old.path(name), field.getValue(), inner)
                : of(field.getValue(), inner));
      }
      return FieldSet.of(children);
    }
    if (before instanceof ArrayNode old
        && after instanceof ArrayNode list
        && structure.dividesLists()) {
      Map<String, JsonNode> known = structure.elements(old);
      structure
          .elements(list)
          .forEach((element, item) -> {
            JsonNode present = known.get(element);
            children.put(
                element,
                present == null
                    ? of(item, structure.items()).asMember()
                    : changed(present, item, structure.items()));
          });
      return FieldSet.of(children);
    }
    return JsonEquality.same(before, after) ? FieldSet.EMPTY : of(after, structure);
  }

  /// The fields of `before` that `after` has not.
  static FieldSet removed(JsonNode before, JsonNode after, Structure structure) {
    if (before.equals(after)) {
      return FieldSet.EMPTY;
    }
    Map<String, FieldSet> children = new HashMap<>();
    if (before instanceof ObjectNode old
        && after instanceof ObjectNode object
        && structure.dividesObjects()) {
      for (Map.Entry<String, JsonNode> field : old.properties()) {
        String name = field.getKey();
        Structure inner = structure.field(name);
        children.put(
            "f:" + name,
            object.has(name)
                ? removed(field.getValue(), object.path(name), inner)
                : of(field.getValue(), inner));
      }
      return FieldSet.of(children);
    }
    if (before instanceof ArrayNode old
        && after instanceof ArrayNode list
        && structure.dividesLists()) {
      Map<String, JsonNode> present = structure.elements(list);
      structure
          .elements(old)
          .forEach((element, item) -> {
            JsonNode rest = present.get(element);
            children.put(
                element,
                rest == null
                    ? of(item, structure.items()).asMember()
                    : removed(item, rest, structure.items()));
          });
      return FieldSet.of(children);
    }
    return of(before, structure).minus(of(after, structure));
  }
}

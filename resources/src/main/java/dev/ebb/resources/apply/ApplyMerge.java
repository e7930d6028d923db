package dev.ebb.resources.apply;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Puts an applied configuration over an object, and takes out what an applier gave up.
final class ApplyMerge {
  private ApplyMerge() {}

  /// @return the merged tree; neither argument is modified
  static JsonNode merge(JsonNode live, JsonNode applied, Structure structure) {
    if (live instanceof ObjectNode old
        && applied instanceof ObjectNode object
        && structure.dividesObjects()) {
      ObjectNode merged = old.deepCopy();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        String name = field.getKey();
        merged.set(name, merge(old.path(name), field.getValue(), structure.field(name)));
      }
      return merged;
    }
    if (live instanceof ArrayNode old
        && applied instanceof ArrayNode list
        && structure.dividesLists()) {
      Map<String, JsonNode> items = new LinkedHashMap<>(structure.elements(old));
      structure
          .elements(list)
          .forEach((element, item) ->
              items.merge(element, item, (was, is) -> merge(was, is, structure.items())));
      ArrayNode merged = old.arrayNode();
      items.values().forEach(item -> merged.add(item.deepCopy()));
      return merged;
    }
    return applied.deepCopy();
  }

  /// Takes out, in place, what is in the set and of which nobody else owns anything.
  static void prune(JsonNode value, FieldSet given, FieldSet others, Structure structure) {
    if (value instanceof ObjectNode object && structure.dividesObjects()) {
      given
          .children()
          .forEach((element, inner) -> {
            String name = element.substring(2);
            JsonNode child = object.path(name);
            if (isGone(child, inner, others.child(element), structure.field(name))) {
              object.remove(name);
            }
          });
    } else if (value instanceof ArrayNode list && structure.dividesLists()) {
      Map<String, JsonNode> items = new LinkedHashMap<>(structure.elements(list));
      given
          .children()
          .forEach((element, inner) -> {
            JsonNode item = items.get(element);
            if (item != null && isGone(item, inner, others.child(element), structure.items())) {
              items.remove(element);
            }
          });
      list.removeAll();
      items.values().forEach(list::add);
    }
  }

  /// Whether nothing is left of a value after what was given up in it is taken out.
  private static boolean isGone(
      JsonNode value, FieldSet given, FieldSet others, Structure structure) {
    if (given.member() && others.isEmpty()) {
      return true;
    }
    boolean wasEmpty = value.isEmpty();
    prune(value, given, others, structure);
    return !wasEmpty && value.isContainer() && value.isEmpty() && others.isEmpty();
  }
}

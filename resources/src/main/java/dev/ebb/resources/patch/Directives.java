package dev.ebb.resources.patch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The words in a strategic merge patch that are not fields of the object.
final class Directives {
  /// What `$patch` asks for.
  enum MapAction {
    MERGE,
    REPLACE,
    DELETE
  }

  private static final String PATCH = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String ELEMENT_ORDER = "$setElementOrder/";
  private static final String DELETE_PRIMITIVES = "$deleteFromPrimitiveList/";

  private Directives() {}

  static boolean isDirective(String name) {
    return name.equals(PATCH)
        || name.equals(RETAIN_KEYS)
        || name.startsWith(ELEMENT_ORDER)
        || name.startsWith(DELETE_PRIMITIVES);
  }

  static MapAction action(ObjectNode patch) {
    if (!patch.has(PATCH)) {
      return MapAction.MERGE;
    }
    String word = patch.path(PATCH).asString("");
    return switch (word) {
      case "merge" -> MapAction.MERGE;
      case "replace" -> MapAction.REPLACE;
      case "delete" -> MapAction.DELETE;
      default -> throw PatchException.malformed("unknown patch type found: " + word);
    };
  }

  /// Removes the keys that `$retainKeys` does not list.
  static void retainKeys(ObjectNode target, ObjectNode patch) {
    if (!patch.has(RETAIN_KEYS)) {
      return;
    }
    Set<String> retained = new HashSet<>();
    array(patch, RETAIN_KEYS).forEach(key -> retained.add(key.asString("")));
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      String name = field.getKey();
      if (!isDirective(name) && !field.getValue().isNull() && !retained.contains(name)) {
        throw PatchException.malformed(
            "the $retainKeys directive does not list the field \"" + name + "\" of the patch");
      }
    }
    target.retain(retained);
  }

  static void deleteFromPrimitiveLists(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> directive : patch.properties()) {
      if (!directive.getKey().startsWith(DELETE_PRIMITIVES)) {
        continue;
      }
      String name = directive.getKey().substring(DELETE_PRIMITIVES.length());
      Set<String> deleted = new HashSet<>();
      array(patch, directive.getKey()).forEach(value -> deleted.add(value.toString()));
      if (target.path(name) instanceof ArrayNode list) {
        list.removeIf(value -> deleted.contains(value.toString()));
      }
    }
  }

  /// Which lists have a `$setElementOrder`.
  static List<String> orderedLists(ObjectNode patch) {
    List<String> names = new ArrayList<>();
    for (String name : patch.propertyNames()) {
      if (name.startsWith(ELEMENT_ORDER)) {
        names.add(name.substring(ELEMENT_ORDER.length()));
      }
    }
    return names;
  }

  /// Empty when the patch does not say.
  static ArrayNode elementOrder(ObjectNode patch, String list) {
    String name = ELEMENT_ORDER + list;
    return patch.has(name) ? array(patch, name) : JsonNodeFactory.instance.arrayNode();
  }

  /// A patch as it is where nothing is there to be patched: without directives, and without nulls,
  /// which would remove nothing.
  static ObjectNode strip(ObjectNode patch) {
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      if (!isDirective(field.getKey()) && !field.getValue().isNull()) {
        plain.set(field.getKey(), stripAny(field.getValue()));
      }
    }
    return plain;
  }

  private static JsonNode stripAny(JsonNode value) {
    return switch (value) {
      case ObjectNode object -> strip(object);
      case ArrayNode array -> {
        ArrayNode plain = array.arrayNode();
        for (JsonNode item : array) {
          if (!(item instanceof ObjectNode object) || action(object) != MapAction.DELETE) {
            plain.add(stripAny(item));
          }
        }
        yield plain;
      }
      default -> value;
    };
  }

  private static ArrayNode array(ObjectNode patch, String name) {
    if (patch.path(name) instanceof ArrayNode array) {
      return array;
    }
    throw PatchException.malformed("the directive " + name + " must be a list");
  }
}

package dev.ebb.resources.patch;

import dev.ebb.resources.patch.Directives.MapAction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Merges one list of a strategic merge patch, along the schema's merge key, or as a set of plain
/// values where it has none.
final class ListMerge {
  private final String name;
  private final String mergeKey;
  private final JsonNode itemSchema;

  ListMerge(String name, JsonNode schema) {
    this.name = name;
    this.mergeKey = schema.path("x-kubernetes-patch-merge-key").asString("");
    this.itemSchema = schema.path("items");
  }

  /// @param order as `$setElementOrder` has it; empty for that of the patch
  ArrayNode merge(ArrayNode present, ArrayNode patch, ArrayNode order) {
    if (replaces(patch)) {
      return replacement(patch);
    }
    Map<String, JsonNode> items = new LinkedHashMap<>();
    present.forEach(item -> items.put(identity(item), item));
    List<String> before = List.copyOf(items.keySet());
    List<String> patched = new ArrayList<>();
    for (JsonNode item : patch) {
      String identity = identity(item);
      if (item instanceof ObjectNode object) {
        if (Directives.action(object) == MapAction.DELETE) {
          items.remove(identity);
          continue;
        }
        items.put(
            identity,
            items.get(identity) instanceof ObjectNode old
                ? StrategicMergePatch.mergeMap(old, object, itemSchema)
                : Directives.strip(object));
      } else {
        items.put(identity, item);
      }
      patched.add(identity);
    }
    return ordered(items, before, order.isEmpty() ? patched : wanted(order, patched));
  }

  private static boolean replaces(ArrayNode patch) {
    for (JsonNode item : patch) {
      if (item instanceof ObjectNode object && Directives.action(object) == MapAction.REPLACE) {
        return true;
      }
    }
    return false;
  }

  /// The items beside the one that says `$patch: replace`.
  private static ArrayNode replacement(ArrayNode patch) {
    ArrayNode items = patch.arrayNode();
    for (JsonNode item : patch) {
      if (!(item instanceof ObjectNode object)) {
        items.add(item);
      } else if (Directives.action(object) == MapAction.MERGE) {
        items.add(Directives.strip(object));
      }
    }
    return items;
  }

  private List<String> wanted(ArrayNode order, List<String> patched) {
    List<String> wanted = new ArrayList<>();
    order.forEach(item -> wanted.add(identity(item)));
    if (!wanted.containsAll(patched)) {
      throw PatchException.malformed(
          "the list \"%s\" of the patch has items that its $setElementOrder does not have"
              .formatted(name));
    }
    return wanted;
  }

  /// Items that the patch names come in its order; each other item stays before those that it was
  /// before, so far as that does not contradict it. New items come first.
  private static ArrayNode ordered(
      Map<String, JsonNode> items, List<String> before, List<String> wanted) {
    Map<String, Integer> places = places(before);
    List<String> named =
        items.keySet().stream()
            .filter(wanted::contains)
            .sorted(Comparator.comparingInt(wanted::indexOf))
            .toList();
    List<String> others = items.keySet().stream().filter(key -> !wanted.contains(key)).toList();
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    int next = 0;
    for (String key : named) {
      Integer place = places.get(key);
      while (place != null
          && next < others.size()
          && places.getOrDefault(others.get(next), Integer.MAX_VALUE) < place) {
        result.add(items.get(others.get(next++)));
      }
      result.add(items.get(key));
    }
    others.subList(next, others.size()).forEach(key -> result.add(items.get(key)));
    return result;
  }

  private static Map<String, Integer> places(List<String> keys) {
    Map<String, Integer> places = new HashMap<>();
    for (String key : keys) {
      places.put(key, places.size());
    }
    return places;
  }

  private String identity(JsonNode item) {
    if (mergeKey.isEmpty()) {
      return item.toString();
    }
    JsonNode key = item.path(mergeKey);
    if (key.isMissingNode()) {
      throw PatchException.malformed(
          "an item of the list \"%s\" does not contain the declared merge key: %s"
              .formatted(name, mergeKey));
    }
    return key.toString();
  }
}

package dev.ebb.resources.apply;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// How one place of a schema divides into fields that may have different owners.
///
/// Maps are granular unless `x-kubernetes-map-type: atomic`; lists are atomic unless
/// `x-kubernetes-list-type` is `map` (items known by their keys) or `set` (by their value), or,
/// where that is not said, a strategic merge patch would merge them. What the schema does not
/// describe is taken as it looks. (kube-openapi, `schemaconv`; structured-merge-diff)
///
/// @param strict refuse lists whose items cannot be told apart; else such items go by their place
record Structure(JsonNode schema, boolean strict) {
  boolean dividesObjects() {
    return !schema.path("x-kubernetes-map-type").asString("").equals("atomic");
  }

  boolean dividesLists() {
    String type = schema.path("x-kubernetes-list-type").asString("");
    return switch (type) {
      case "map", "set" -> true;
      case "" -> schema.path("x-kubernetes-patch-strategy").asString("").contains("merge");
      default -> false;
    };
  }

  Structure field(String name) {
    JsonNode property = schema.path("properties").path(name);
    return new Structure(
        property.isMissingNode() ? schema.path("additionalProperties") : property, strict);
  }

  Structure items() {
    return new Structure(schema.path("items"), strict);
  }

  /// The items of a list by their path element: `k:{"name":"a"}`, `v:"a"`, or `i:3` where neither
  /// is clear.
  ///
  /// @throws ApplyException if strict, when an item has no key, or another item has the same
  Map<String, JsonNode> elements(ArrayNode list) {
    TreeSet<String> keys = keys();
    Map<String, JsonNode> elements = new LinkedHashMap<>();
    int index = 0;
    for (JsonNode item : list) {
      Optional<String> element =
          keys.isEmpty() ? Optional.of("v:" + item) : keyed(keys, item).map(key -> "k:" + key);
      boolean clear = element.isPresent() && !elements.containsKey(element.get());
      if (!clear && strict) {
        throw new ApplyException(
            element
                .map(key -> "duplicate entries for key " + key.substring(2))
                .orElse(
                    "associative list with keys has an element that omits all key fields " + keys));
      }
      elements.put(clear ? element.orElseThrow() : "i:" + index, item);
      index++;
    }
    return elements;
  }

  /// Empty for a set.
  private TreeSet<String> keys() {
    TreeSet<String> keys = new TreeSet<>();
    schema.path("x-kubernetes-list-map-keys").forEach(key -> keys.add(key.asString()));
    String mergeKey = schema.path("x-kubernetes-patch-merge-key").asString("");
    if (keys.isEmpty() && !mergeKey.isEmpty()) {
      keys.add(mergeKey);
    }
    return keys;
  }

  private Optional<String> keyed(TreeSet<String> names, JsonNode item) {
    Map<String, JsonNode> keys = new TreeMap<>();
    for (String name : names) {
      JsonNode value = item.path(name);
      JsonNode present =
          value.isMissingNode() ? items().field(name).schema().path("default") : value;
      if (!present.isMissingNode()) {
        keys.put(name, present);
      }
    }
    return keys.isEmpty()
        ? Optional.empty()
        : Optional.of(JsonNodeFactory.instance.objectNode().setAll(keys).toString());
  }
}

package dev.ebb.kinds;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How the items of a list are told apart (`x-kubernetes-list-type`).
///
/// @param keys of a list of type `map`
record ListRules(Type type, List<Key> keys) {
  static final ListRules ATOMIC = new ListRules(Type.ATOMIC, List.of());
  private static final ListRules SET = new ListRules(Type.SET, List.of());

  enum Type {
    ATOMIC,
    SET,
    MAP
  }

  /// @param fallback the default of the field; a missing node for none
  record Key(String name, JsonNode fallback) {}

  static ListRules compile(JsonNode schema) {
    return switch (schema.path("x-kubernetes-list-type").asString("")) {
      case "set" -> SET;
      case "map" -> {
        List<Key> keys = new ArrayList<>();
        JsonNode fields = schema.path("items").path("properties");
        for (JsonNode name : schema.path("x-kubernetes-list-map-keys")) {
          keys.add(new Key(name.asString(""), fields.path(name.asString("")).path("default")));
        }
        yield new ListRules(Type.MAP, List.copyOf(keys));
      }
      default -> ATOMIC;
    };
  }

  /// By what an item is known: the item of a set, the keys of a map's.
  JsonNode identity(JsonNode item) {
    if (type != Type.MAP) {
      return item;
    }
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    for (Key key : keys) {
      JsonNode value =
          item.path(key.name()).isMissingNode() ? key.fallback() : item.path(key.name());
      if (!value.isMissingNode()) {
        identity.set(key.name(), value);
      }
    }
    return identity;
  }
}

package dev.ebb.apiserver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON along a schema, and JSON that is wrong in one place or several.
final class FuzzValues {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  static final List<String> WORDS =
      List.of(
          "",
          "a",
          "b",
          "c",
          "present",
          "A_B",
          "..",
          "a/b",
          "a.b",
          "-",
          "null",
          "true",
          "0",
          "1",
          "10Mi",
          "100m",
          "5s",
          "http1",
          "default",
          "kube-system",
          "All",
          "\u0000",
          "\u202e",
          "ü",
          "\ud83d\ude00",
          "$patch",
          "2026-01-01T00:00:00Z",
          "x".repeat(64),
          "x".repeat(300),
          "latest",
          "Always",
          "ClusterIP",
          "*",
          "[",
          "(a+)+$",
          "%s",
          "{{.}}",
          "https://a.b/c");

  private final RandomGenerator random;

  FuzzValues(RandomGenerator random) {
    this.random = random;
  }

  <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /// A value that the schema allows as far as types go, sparse, and with a mistake now and then.
  JsonNode along(JsonNode schema, int depth) {
    if (depth > 9 || once(60)) {
      return any(2);
    }
    JsonNode allowed = schema.path("enum");
    if (!allowed.isEmpty() && !once(6)) {
      return allowed.get(below(allowed.size()));
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)) {
      return once(2) ? NODES.numberNode(below(9000)) : NODES.stringNode("50%");
    }
    return switch (schema.path("type").asString("")) {
      case "object" -> object(schema, depth);
      case "array" -> {
        ArrayNode array = NODES.arrayNode();
        for (int i = below(3); i > 0; i--) {
          array.add(along(schema.path("items"), depth + 1));
        }
        yield array;
      }
      case "string" -> NODES.stringNode(oneOf(WORDS));
      case "integer" -> NODES.numberNode(once(8) ? random.nextLong() : below(100));
      case "number" -> NODES.numberNode(random.nextDouble());
      case "boolean" -> NODES.booleanNode(once(2));
      default -> any(3);
    };
  }

  private ObjectNode object(JsonNode schema, int depth) {
    ObjectNode object = NODES.objectNode();
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asString("")));
    int properties = Math.max(1, schema.path("properties").size());
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      // About three of the properties, however many there are.
      if (required.contains(property.getKey()) ? !once(15) : random.nextInt(properties) < 3) {
        object.set(property.getKey(), along(property.getValue(), depth + 1));
      }
    }
    JsonNode additional = schema.path("additionalProperties");
    if (additional.isObject() || once(40)) {
      for (int i = below(3); i > 0; i--) {
        object.set(oneOf(WORDS), along(additional, depth + 1));
      }
    }
    return object;
  }

  /// Any JSON at all.
  JsonNode any(int depth) {
    return switch (below(depth > 0 ? 9 : 6)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(once(2));
      case 2 -> NODES.numberNode(random.nextInt());
      case 3 -> NODES.numberNode(random.nextDouble() * 1e300);
      case 4, 5 -> NODES.stringNode(oneOf(WORDS));
      case 6 -> {
        ArrayNode array = NODES.arrayNode();
        for (int i = below(4); i > 0; i--) {
          array.add(any(depth - 1));
        }
        yield array;
      }
      default -> {
        ObjectNode object = NODES.objectNode();
        for (int i = below(4); i > 0; i--) {
          object.set(oneOf(WORDS), any(depth - 1));
        }
        yield object;
      }
    };
  }

  /// Changes a place of the tree that is met by chance.
  void mutate(JsonNode node) {
    switch (node) {
      case ObjectNode object when !object.isEmpty() -> {
        String name = oneOf(List.copyOf(object.propertyNames()));
        JsonNode child = object.path(name);
        if (child.isContainer() && !child.isEmpty() && !once(4)) {
          mutate(child);
        } else if (once(3)) {
          object.remove(name);
        } else {
          object.set(once(5) ? oneOf(WORDS) : name, any(3));
        }
      }
      case ArrayNode array when !array.isEmpty() -> {
        int index = below(array.size());
        if (array.get(index).isContainer() && !once(4)) {
          mutate(array.get(index));
        } else {
          array.set(index, any(3));
        }
      }
      default -> {}
    }
  }
}

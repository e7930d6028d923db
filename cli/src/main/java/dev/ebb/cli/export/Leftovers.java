package dev.ebb.cli.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The parts of a tree that were not taken out of it, by their paths. Pure.
final class Leftovers {
  /// Below these a field is named by itself, below others as a whole.
  private static final List<String> OPENED =
      List.of(
          "spec",
          "spec.template",
          "spec.template.metadata",
          "spec.template.metadata.annotations",
          "spec.template.metadata.labels",
          "spec.template.spec",
          "spec.template.spec.containers",
          "spec.template.spec.containers[0]",
          "spec.template.spec.containers[0].env",
          "spec.template.spec.containers[0].resources",
          "spec.template.spec.containers[0].resources.limits",
          "spec.template.spec.containers[0].resources.requests",
          "spec.template.spec.containers[0].securityContext");

  private Leftovers() {}

  static List<String> of(JsonNode spec) {
    List<String> paths = new ArrayList<>();
    add("spec", spec, paths);
    return paths;
  }

  private static void add(String path, JsonNode node, List<String> paths) {
    if (node.isNull() || (node.isContainer() && isHollow(node))) {
      return;
    }
    if (!OPENED.contains(path)) {
      paths.add(path);
    } else if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> entry : object.properties()) {
        String name = entry.getKey();
        boolean plain = name.matches("[A-Za-z0-9]+");
        add(path + (plain ? "." + name : "[" + name + "]"), entry.getValue(), paths);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        String name = array.get(i).path("name").asString("");
        boolean named = path.endsWith(".env") && !name.isEmpty();
        add("%s[%s]".formatted(path, named ? name : i), array.get(i), paths);
      }
    } else {
      paths.add(path);
    }
  }

  private static boolean isHollow(JsonNode node) {
    return node.isEmpty()
        || node.valueStream().allMatch(it -> it.isNull() || (it.isContainer() && isHollow(it)));
  }
}

package dev.ebb.kinds.core;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Labels in a tree.
final class LabelMaps {
  private LabelMaps() {}

  static Map<String, String> of(JsonNode labels) {
    Map<String, String> map = new LinkedHashMap<>();
    labels.properties().forEach(label -> map.put(label.getKey(), label.getValue().asString("")));
    return map;
  }
}

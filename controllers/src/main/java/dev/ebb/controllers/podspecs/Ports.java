package dev.ebb.controllers.podspecs;

import tools.jackson.databind.JsonNode;

/// Ports that are given by a name, or by a number written as one.
final class Ports {
  private Ports() {}

  /// 0 when the container has no such port.
  static int named(JsonNode container, String name) {
    for (JsonNode port : container.path("ports")) {
      if (Json.text(port, "name").equals(name)) {
        return port.path("containerPort").asInt(0);
      }
    }
    return name.matches("[0-9]{1,5}") ? Integer.parseInt(name) : 0;
  }
}

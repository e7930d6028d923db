package dev.ebb.cli;

import dev.ebb.kinds.KubernetesObject;
import tools.jackson.databind.JsonNode;

/// An object's Ready condition, as far as it speaks of the object's present generation.
///
/// @param status `True`, `False` or `Unknown`
record Readiness(String status, String reason, String message) {
  static final Readiness UNKNOWN = new Readiness("Unknown", "", "");

  static Readiness of(KubernetesObject object) {
    if (object.status().path("observedGeneration").asLong(0) < object.generation()) {
      return UNKNOWN;
    }
    for (JsonNode condition : object.status().path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        return new Readiness(
            condition.path("status").asString("Unknown"),
            condition.path("reason").asString(""),
            condition.path("message").asString(""));
      }
    }
    return UNKNOWN;
  }

  boolean ready() {
    return status.equals("True");
  }

  boolean failed() {
    return status.equals("False");
  }

  /// For a table: `True`, or the reason why not.
  String word() {
    return reason.isEmpty() || ready() ? status : reason;
  }
}

package dev.ebb.kinds.extensions;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The conditions of a CustomResourceDefinition.
public final class CrdConditions {
  public static final String NAMES_ACCEPTED = "NamesAccepted";
  public static final String ESTABLISHED = "Established";
  public static final String TERMINATING = "Terminating";
  public static final String NON_STRUCTURAL_SCHEMA = "NonStructuralSchema";

  private CrdConditions() {}

  public static boolean isEstablished(KubernetesObject definition) {
    return isTrue(definition.status(), ESTABLISHED);
  }

  public static boolean isTrue(JsonNode status, String type) {
    return find(status, type)
        .filter(condition -> condition.path("status").asString("").equals("True"))
        .isPresent();
  }

  static Optional<JsonNode> find(JsonNode status, String type) {
    return status
        .path("conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asString("").equals(type))
        .findFirst();
  }

  /// Sets a condition; the time changes with its status only.
  ///
  /// @param now RFC 3339
  public static void set(
      ObjectNode status, String type, String value, String reason, String message, String now) {
    Optional<JsonNode> before = find(status, type);
    String since =
        before
            .filter(old -> old.path("status").asString("").equals(value))
            .map(old -> old.path("lastTransitionTime").asString(now))
            .orElse(now);
    ObjectNode condition = status.objectNode();
    condition.put("lastTransitionTime", since).put("message", message).put("reason", reason);
    condition.put("status", value).put("type", type);
    if (before.isPresent() && SameJson.same(before.get(), condition)) {
      return;
    }
    ArrayNode conditions = status.withArray("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).path("type").asString("").equals(type)) {
        conditions.set(i, condition);
        return;
      }
    }
    conditions.add(condition);
  }

  static void remove(ObjectNode status, String type) {
    status
        .withArray("conditions")
        .removeIf(condition -> condition.path("type").asString("").equals(type));
  }
}

package dev.ebb.reconcile;

import dev.ebb.reconcile.Condition.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Edits the conditions of a status by Knative's rules: `Ready` follows from the conditions that it
/// depends on, a condition's `lastTransitionTime` moves only when it says something new, and the
/// list is sorted by type.
///
/// ```
/// new Conditions(status, now, "ConfigurationsReady", "RoutesReady")
///     .markTrue("ConfigurationsReady")
///     .markUnknown("RoutesReady", "IngressNotConfigured", "Ingress has not yet been reconciled.")
///     .write();
/// ```
///
/// Sources: Knative's API specification, "Conditions"; knative.dev/pkg's ConditionSet. One thing is
/// more definite here: of several conditions that are not True the first in the given order tells
/// the reason of `Ready`, a False one before an Unknown one, and one with a reason before one
/// without.
public final class Conditions {
  private final ObjectNode status;
  private final Instant now;
  private final List<String> dependents;
  private final Map<String, ObjectNode> conditions = new TreeMap<>();

  /// @param dependents what `Ready` follows from; those that are missing begin as Unknown
  public Conditions(ObjectNode status, Instant now, String... dependents) {
    this.status = status;
    this.now = now.truncatedTo(ChronoUnit.SECONDS);
    this.dependents = List.of(dependents);
    for (JsonNode node : status.path("conditions")) {
      if (node instanceof ObjectNode condition) {
        conditions.put(condition.path("type").asString(""), condition);
      }
    }
    for (String type : dependents) {
      if (!conditions.containsKey(type)) {
        markUnknown(type, "", "");
      }
    }
  }

  public Conditions markTrue(String type) {
    return mark(new Condition(type, Status.TRUE, "", ""), "");
  }

  public Conditions markFalse(String type, String reason, String message) {
    return mark(new Condition(type, Status.FALSE, reason, message), "");
  }

  public Conditions markUnknown(String type, String reason, String message) {
    return mark(new Condition(type, Status.UNKNOWN, reason, message), "");
  }

  /// A condition that only informs; `Ready` must not depend on it.
  public Conditions inform(Condition condition) {
    return mark(condition, "Info");
  }

  public Conditions mark(Condition condition) {
    return mark(condition, "");
  }

  /// Takes back what is no longer worth telling; nothing may depend on it.
  public Conditions remove(String type) {
    conditions.remove(type);
    return this;
  }

  public Condition get(String type) {
    ObjectNode condition = conditions.get(type);
    return condition == null
        ? new Condition(type, Status.UNKNOWN, "", "")
        : new Condition(
            type,
            Status.of(condition.path("status").asString("")),
            condition.path("reason").asString(""),
            condition.path("message").asString(""));
  }

  /// Derives `Ready`, unless it depends on nothing and was marked itself, and puts the conditions
  /// into the status.
  public void write() {
    if (!dependents.isEmpty()) {
      mark(happiness(), "");
    }
    ArrayNode list = status.putArray("conditions");
    conditions.values().forEach(list::add);
  }

  private Condition happiness() {
    Condition worst = new Condition(Condition.READY, Status.TRUE, "", "");
    for (String type : dependents) {
      Condition condition = get(type);
      if (isWorse(condition, worst)) {
        worst =
            new Condition(
                Condition.READY, condition.status(), condition.reason(), condition.message());
      }
    }
    return worst;
  }

  /// Of two that are Unknown, one that gives a reason tells more.
  private static boolean isWorse(Condition one, Condition other) {
    return switch (one.status()) {
      case TRUE -> false;
      case FALSE -> !other.isFalse();
      case UNKNOWN ->
          other.isTrue()
              || (!other.isFalse() && other.reason().isEmpty() && !one.reason().isEmpty());
    };
  }

  private Conditions mark(Condition condition, String severity) {
    ObjectNode present = conditions.get(condition.type());
    if (present == null
        || !get(condition.type()).equals(condition)
        || !present.path("severity").asString("").equals(severity)) {
      ObjectNode node = status.objectNode();
      node.put("type", condition.type());
      node.put("status", condition.status().word());
      node.put("lastTransitionTime", now.toString());
      putUnlessEmpty(node, "reason", condition.reason());
      putUnlessEmpty(node, "message", condition.message());
      putUnlessEmpty(node, "severity", severity);
      conditions.put(condition.type(), node);
    }
    return this;
  }

  private static void putUnlessEmpty(ObjectNode node, String field, String value) {
    if (!value.isEmpty()) {
      node.put(field, value);
    }
  }
}

package dev.ebb.controllers.scaling;

import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The conditions of a HorizontalPodAutoscaler. Unlike Knative's, their times tell when the status
/// changed, whatever the reason is now, and those that nothing is said of stay.
public final class HorizontalConditions {
  private HorizontalConditions() {}

  /// That the workload is not there, or has no count.
  public static Condition targetMissing(String problem) {
    return new Condition(
        Limits.ABLE_TO_SCALE,
        Status.FALSE,
        "FailedGetScale",
        "the HPA controller was unable to get the target's current scale: " + problem);
  }

  public static Condition updated(int replicas) {
    return new Condition(
        Limits.ABLE_TO_SCALE,
        Status.TRUE,
        "SucceededRescale",
        "the HPA controller was able to update the target scale to " + replicas);
  }

  public static Condition notUpdated(String problem) {
    return new Condition(
        Limits.ABLE_TO_SCALE,
        Status.FALSE,
        "FailedUpdateScale",
        "the HPA controller was unable to update the target scale: " + problem);
  }

  public static void put(ObjectNode status, List<Condition> conditions, Instant now) {
    Map<String, ObjectNode> all = new LinkedHashMap<>();
    for (JsonNode node : status.path("conditions")) {
      if (node instanceof ObjectNode one) {
        all.put(one.path("type").asString(""), one);
      }
    }
    for (Condition condition : conditions) {
      ObjectNode before = all.get(condition.type());
      String since = before == null ? "" : before.path("lastTransitionTime").asString("");
      boolean same =
          before != null && before.path("status").asString("").equals(condition.status().word());
      ObjectNode node = status.objectNode();
      node.put("type", condition.type());
      node.put("status", condition.status().word());
      node.put("lastTransitionTime", same ? since : time(now));
      node.put("reason", condition.reason());
      node.put("message", condition.message());
      all.put(condition.type(), node);
    }
    ArrayNode list = status.putArray("conditions");
    all.values().forEach(list::add);
  }

  static String time(Instant now) {
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.core.Columns.number;
import static dev.ebb.kinds.core.Columns.shown;
import static dev.ebb.kinds.core.Columns.text;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Columns of HorizontalPodAutoscalers and PodDisruptionBudgets, by the rules of `kubectl get`.
final class ScalingColumns {
  static final PrinterColumn[] AUTOSCALER_V1 = {
    text("Reference", ScalingColumns::reference),
    text("Targets", ScalingColumns::cpuTarget),
    shown("MinPods", "spec.minReplicas", Columns.UNSET),
    number("MaxPods", "spec.maxReplicas"),
    number("Replicas", "status.currentReplicas"),
    AGE
  };

  static final PrinterColumn[] AUTOSCALER = {
    text("Reference", ScalingColumns::reference),
    text("Targets", ScalingColumns::targets),
    shown("MinPods", "spec.minReplicas", Columns.UNSET),
    number("MaxPods", "spec.maxReplicas"),
    number("Replicas", "status.currentReplicas"),
    AGE
  };

  static final PrinterColumn[] DISRUPTION_BUDGET = {
    shown("Min Available", "spec.minAvailable", "N/A"),
    shown("Max Unavailable", "spec.maxUnavailable", "N/A"),
    number("Allowed Disruptions", "status.disruptionsAllowed"),
    AGE
  };

  /// Two metrics are shown, and the number of the others.
  private static final int SHOWN_METRICS = 2;

  private static final Map<String, String> PARTS =
      Map.of(
          "Resource", "resource",
          "ContainerResource", "containerResource",
          "Pods", "pods",
          "Object", "object",
          "External", "external");

  private ScalingColumns() {}

  private static String reference(KubernetesObject scaler) {
    JsonNode target = scaler.spec().path("scaleTargetRef");
    return target.path("kind").asString("") + "/" + target.path("name").asString("");
  }

  private static String cpuTarget(KubernetesObject scaler) {
    JsonNode target = scaler.spec().path("targetCPUUtilizationPercentage");
    JsonNode now = scaler.status().path("currentCPUUtilizationPercentage");
    return target.isNumber()
        ? "cpu: " + (now.isNumber() ? now.asInt() + "%" : "<unknown>") + "/" + target.asInt() + "%"
        : Columns.NONE;
  }

  private static String targets(KubernetesObject scaler) {
    List<String> all = new ArrayList<>();
    JsonNode current = scaler.status().path("currentMetrics");
    int index = 0;
    for (JsonNode metric : scaler.spec().path("metrics")) {
      all.add(target(metric, current.path(index++)));
    }
    if (all.isEmpty()) {
      return Columns.NONE;
    }
    String shown = String.join(", ", all.subList(0, Math.min(SHOWN_METRICS, all.size())));
    int more = all.size() - SHOWN_METRICS;
    return more > 0 ? shown + " + " + more + " more..." : shown;
  }

  private static String target(JsonNode metric, JsonNode status) {
    String type = metric.path("type").asString("");
    String part = PARTS.getOrDefault(type, type.toLowerCase(Locale.ROOT));
    JsonNode source = metric.path(part);
    JsonNode target = source.path("target");
    JsonNode current =
        status.path("type").asString("").equals(type)
            ? status.path(part).path("current")
            : MissingNode.getInstance();
    String name = source.has("name") ? source.path("name").asString("") + ": " : "";
    if (target.has("averageUtilization")) {
      JsonNode value = current.path("averageUtilization");
      return name
          + (value.isNumber() ? value.asInt() + "%" : "<unknown>")
          + "/"
          + target.path("averageUtilization").asInt(0)
          + "%";
    }
    boolean average = target.has("averageValue");
    String field = average ? "averageValue" : "value";
    String end = average && !type.contains("esource") && !type.equals("Pods") ? " (avg)" : "";
    return name
        + current.path(field).asString("<unknown>")
        + "/"
        + target.path(field).asString("<auto>")
        + end;
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.KindConversion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `autoscaling/v1` HorizontalPodAutoscalers, which know one metric: CPU in percent. Any other
/// metric, the conditions and the behaviour travel in annotations, in the words of Kubernetes.
final class AutoscalerV1 implements KindConversion {
  static final AutoscalerV1 CONVERSION = new AutoscalerV1();

  private static final String PREFIX = "autoscaling.alpha.kubernetes.io/";
  private static final String METRICS = PREFIX + "metrics";
  private static final String CURRENT_METRICS = PREFIX + "current-metrics";
  private static final String CONDITIONS = PREFIX + "conditions";
  private static final String BEHAVIOR = PREFIX + "behavior";
  private static final String TARGET = "targetCPUUtilizationPercentage";
  private static final String CURRENT = "currentCPUUtilizationPercentage";

  private AutoscalerV1() {}

  @Override
  public void toStored(ObjectNode object) {
    if (object.path("spec") instanceof ObjectNode spec) {
      JsonNode percent = spec.path(TARGET);
      spec.remove(TARGET);
      ArrayNode metrics = object.arrayNode();
      if (percent.isNumber()) {
        cpu(metrics, "target").put("type", "Utilization").set("averageUtilization", percent);
      }
      AnnotatedJson.take(object, METRICS).forEach(metrics::add);
      if (!metrics.isEmpty()) {
        spec.set("metrics", metrics);
      }
      JsonNode behavior = AnnotatedJson.take(object, BEHAVIOR);
      if (behavior.isObject()) {
        spec.set("behavior", behavior);
      }
    }
    if (object.path("status") instanceof ObjectNode status) {
      JsonNode percent = status.path(CURRENT);
      status.remove(CURRENT);
      ArrayNode metrics = object.arrayNode();
      if (percent.isNumber()) {
        cpu(metrics, "current").set("averageUtilization", percent);
      }
      AnnotatedJson.take(object, CURRENT_METRICS).forEach(metrics::add);
      if (!metrics.isEmpty()) {
        status.set("currentMetrics", metrics);
      }
      JsonNode conditions = AnnotatedJson.take(object, CONDITIONS);
      if (conditions.isArray()) {
        status.set("conditions", conditions);
      }
    }
  }

  @Override
  public void fromStored(ObjectNode object) {
    if (object.path("spec") instanceof ObjectNode spec) {
      JsonNode metrics = spec.path("metrics");
      JsonNode percent = metrics.path(0).at("/resource/target/averageUtilization");
      boolean first = isCpu(metrics.path(0)) && percent.isNumber();
      spec.remove("metrics");
      if (first) {
        spec.set(TARGET, percent);
      }
      AnnotatedJson.put(object, METRICS, rest(metrics, first));
      AnnotatedJson.put(object, BEHAVIOR, spec.path("behavior"));
      spec.remove("behavior");
    }
    if (object.path("status") instanceof ObjectNode status) {
      JsonNode metrics = status.path("currentMetrics");
      JsonNode percent = metrics.path(0).at("/resource/current/averageUtilization");
      boolean first = isCpu(metrics.path(0)) && percent.isNumber();
      status.remove("currentMetrics");
      if (first) {
        status.set(CURRENT, percent);
      }
      AnnotatedJson.put(object, CURRENT_METRICS, rest(metrics, first));
      AnnotatedJson.put(object, CONDITIONS, status.path("conditions"));
      status.remove("conditions");
    }
  }

  private static ObjectNode cpu(ArrayNode metrics, String part) {
    return metrics
        .addObject()
        .put("type", "Resource")
        .putObject("resource")
        .put("name", "cpu")
        .putObject(part);
  }

  private static boolean isCpu(JsonNode metric) {
    return metric.path("type").asString("").equals("Resource")
        && metric.path("resource").path("name").asString("").equals("cpu");
  }

  private static ArrayNode rest(JsonNode metrics, boolean withoutFirst) {
    ArrayNode rest = JsonNodeFactory.instance.arrayNode();
    metrics.forEach(rest::add);
    if (withoutFirst) {
      rest.remove(0);
    }
    return rest;
  }
}

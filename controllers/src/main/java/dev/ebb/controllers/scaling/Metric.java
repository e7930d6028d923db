package dev.ebb.controllers.scaling;

import dev.ebb.kinds.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One entry of `spec.metrics`.
sealed interface Metric {
  /// What Pods use of the machine.
  ///
  /// @param container empty for all containers of a Pod together
  record Use(String resource, Optional<String> container, Target target) implements Metric {
    String type() {
      return container.isPresent() ? "ContainerResource" : "Resource";
    }

    /// The part of a metric's spec and status that is about this.
    String part() {
      return container.isPresent() ? "containerResource" : "resource";
    }
  }

  /// What an adapter would serve on a cluster that has one.
  ///
  /// @param type `Pods`, `Object`, `External`, or what nobody knows
  record Elsewhere(String type, String name) implements Metric {}

  sealed interface Target {
    /// In percent of what was requested.
    record Utilization(int percent) implements Target {}

    /// Per Pod, in thousandths of the unit.
    record Average(long milli) implements Target {}

    record Unset() implements Target {}
  }

  static List<Metric> of(JsonNode spec) {
    List<Metric> metrics = new ArrayList<>();
    for (JsonNode metric : spec.path("metrics")) {
      String type = metric.path("type").asString("");
      metrics.add(
          switch (type) {
            case "Resource" -> use(metric.path("resource"), Optional.empty());
            case "ContainerResource" -> {
              JsonNode source = metric.path("containerResource");
              yield use(source, Optional.of(source.path("container").asString("")));
            }
            case "Pods" -> elsewhere(type, metric.path("pods"));
            case "Object" -> elsewhere(type, metric.path("object"));
            case "External" -> elsewhere(type, metric.path("external"));
            default -> new Elsewhere(type, "");
          });
    }
    return metrics;
  }

  private static Use use(JsonNode source, Optional<String> container) {
    return new Use(source.path("name").asString(""), container, target(source.path("target")));
  }

  private static Elsewhere elsewhere(String type, JsonNode source) {
    return new Elsewhere(type, source.path("metric").path("name").asString(""));
  }

  private static Target target(JsonNode target) {
    Optional<Quantity> average = Quantity.parse(target.path("averageValue").asString(""));
    if (average.isPresent()) {
      return new Target.Average(average.get().milliUnits());
    }
    return target.path("averageUtilization").isNumber()
        ? new Target.Utilization(target.path("averageUtilization").asInt())
        : new Target.Unset();
  }
}

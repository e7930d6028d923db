package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.computed;
import static dev.ebb.kinds.api.ApiKinds.define;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import dev.ebb.kinds.Quantity;
import java.math.BigDecimal;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Kinds of `metrics.k8s.io`, which `kubectl top` asks for. They are no part of
/// [dev.ebb.kinds.builtin.BuiltInKinds]: who measures serves them.
///
/// @see <a
///   href="https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/">Resource
///   metrics pipeline</a>
public final class MetricsKinds {
  private static final String VERSION = "metrics.k8s.io/v1beta1";

  /// As metrics-server has them.
  private static final PrinterColumn[] COLUMNS = {
    computed(
        "CPU",
        "string",
        "Processor time per time, in thousandths of a core.",
        0,
        (object, now) -> StringNode.valueOf(sum(object, "cpu").milliUnits() + "m")),
    computed(
        "Memory",
        "string",
        "The working set.",
        0,
        (object, now) -> StringNode.valueOf((sum(object, "memory").units() >> 10) + "Ki")),
    Columns.text("Window", "window", "")
  };

  public static final KindDefinition POD_METRICS =
      define(VERSION, "PodMetrics", "pods").columns(COLUMNS).computed().build();

  public static final KindDefinition NODE_METRICS =
      define(VERSION, "NodeMetrics", "nodes").clusterScoped().columns(COLUMNS).computed().build();

  private MetricsKinds() {}

  /// Of a node, or of all containers of a Pod.
  private static Quantity sum(KubernetesObject object, String resource) {
    Stream<JsonNode> parts =
        object.json().has("containers")
            ? object.json().path("containers").valueStream()
            : Stream.of(object.json());
    return new Quantity(
        parts
            .flatMap(one -> Quantity.parse(one.path("usage").path(resource).asString("")).stream())
            .map(Quantity::value)
            .reduce(BigDecimal.ZERO, BigDecimal::add));
  }
}

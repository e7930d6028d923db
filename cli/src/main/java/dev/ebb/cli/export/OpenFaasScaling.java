package dev.ebb.cli.export;

import dev.ebb.kinds.GoDuration;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Knative's annotations of scaling as labels of OpenFaaS, whose defaults are others: what a
/// Service does not say is said here. Pure.
final class OpenFaasScaling {
  private static final String AUTOSCALING = "autoscaling.knative.dev/";
  private static final String PREFIX = "com.openfaas.scale.";

  /// Ebb's own, beside a `metric` that Knative knows.
  static final String EBB_METRIC = "serving.ebb.dev/scaling-metric";

  private static final Duration WINDOW = Duration.ofSeconds(60);

  /// Knative's defaults: per cent of the target, and the target by metric.
  private static final BigDecimal UTILIZATION = BigDecimal.valueOf(70);

  private static final Map<String, String> TARGETS = Map.of("concurrency", "100", "rps", "200");

  private OpenFaasScaling() {}

  /// @param annotations of a Revision; those that have a form are taken out
  static Map<String, String> labels(ObjectNode annotations) {
    Map<String, String> labels = new LinkedHashMap<>();
    int least = Integer.parseInt(take(annotations, "min-scale", "minScale").orElse("0"));
    if (least > 0) {
      labels.put(PREFIX + "min", Integer.toString(least));
    } else {
      labels.put(PREFIX + "zero", "true");
      take(annotations, "activation-scale").ifPresent(n -> labels.put(PREFIX + "min", n));
      labels.put(PREFIX + "zero-duration", GoDuration.format(idle(annotations)));
    }
    labels.put(PREFIX + "max", take(annotations, "max-scale", "maxScale").orElse("0"));
    take(annotations, "scale-down-delay")
        .ifPresent(delay -> labels.put(PREFIX + "down.window", delay));
    metric(annotations, labels);
    return labels;
  }

  private static Duration idle(ObjectNode annotations) {
    Duration window = duration(annotations, "window").orElse(WINDOW);
    return window.plus(
        duration(annotations, "scale-to-zero-pod-retention-period").orElse(Duration.ZERO));
  }

  private static void metric(ObjectNode annotations, Map<String, String> labels) {
    String metric = annotations.path(AUTOSCALING + "metric").asString("concurrency");
    String target = TARGETS.get(metric);
    if (target == null || annotations.path(AUTOSCALING + "class").asString("").startsWith("hpa")) {
      return; // a share of what is requested, which no label says: it is left
    }
    take(annotations, "metric");
    String type = metric.equals("rps") ? "rps" : "capacity";
    if (annotations.path(EBB_METRIC).asString("").equals("backlog")) {
      annotations.remove(EBB_METRIC);
      type = "queue";
    }
    labels.put(PREFIX + "type", type);
    labels.put(PREFIX + "target", take(annotations, "target").orElse(target));
    BigDecimal utilization =
        take(annotations, "target-utilization-percentage", "targetUtilizationPercentage")
            .map(BigDecimal::new)
            .orElse(UTILIZATION);
    labels.put(
        PREFIX + "target-proportion",
        utilization.movePointLeft(2).stripTrailingZeros().toPlainString());
  }

  private static Optional<Duration> duration(ObjectNode annotations, String name) {
    return take(annotations, name).flatMap(GoDuration::parse);
  }

  private static Optional<String> take(ObjectNode annotations, String... names) {
    return List.of(names).stream()
        .map(name -> Optional.ofNullable(annotations.remove(AUTOSCALING + name)))
        .flatMap(Optional::stream)
        .map(value -> value.asString(""))
        .findFirst();
  }
}

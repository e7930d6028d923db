package dev.ebb.autoscaler;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import dev.ebb.dataplane.RevisionId;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What the autoscaler tells Prometheus.
final class AutoscalerMetrics {
  private AutoscalerMetrics() {}

  static List<MetricFamily> of(
      Map<RevisionId, RevisionScaler> scalers, Map<String, Long> decisions) {
    return List.of(
        perRevision(
            "ebb_autoscaler_desired_instances",
            "How many instances the revision should have.",
            scalers,
            scaler -> Math.max(0, scaler.desired())),
        perRevision(
            "ebb_autoscaler_stable_concurrency",
            "Average requests at the gateway over the stable window.",
            scalers,
            RevisionScaler::stableConcurrency),
        perRevision(
            "ebb_autoscaler_panic_mode",
            "1 while the revision is scaled by its panic window.",
            scalers,
            scaler -> scaler.isPanicking() ? 1 : 0),
        new MetricFamily(
            "ebb_autoscaler_decisions",
            "Changes of the number of instances.",
            MetricFamily.Type.COUNTER,
            decisions.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry ->
                    new Sample(Map.of("direction", entry.getKey()), new Scalar(entry.getValue())))
                .toList()));
  }

  private static MetricFamily perRevision(
      String name,
      String help,
      Map<RevisionId, RevisionScaler> scalers,
      ToDoubleFunction<RevisionScaler> value) {
    var samples =
        scalers.entrySet().stream()
            .map(entry -> {
              synchronized (entry.getValue()) {
                return new Sample(
                    Map.of(
                        "namespace", entry.getKey().namespace(),
                        "revision", entry.getKey().name()),
                    new Scalar(value.applyAsDouble(entry.getValue())));
              }
            })
            .toList();
    return new MetricFamily(name, help, MetricFamily.Type.GAUGE, samples);
  }
}

package dev.ebb.autoscaler;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

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
            scaler -> OptionalDouble.of(Math.max(0, scaler.desired()))),
        perRevision(
            "ebb_autoscaler_stable_concurrency",
            "Average requests at the gateway over the stable window, where that decides.",
            scalers,
            scaler ->
                scaler.metric() == Metric.CONCURRENCY
                    ? OptionalDouble.of(scaler.stableLoad())
                    : OptionalDouble.empty()),
        perRevision(
            "ebb_autoscaler_stable_requests_per_second",
            "Average rate of requests over the stable window, where that decides.",
            scalers,
            scaler ->
                scaler.metric() == Metric.RPS
                    ? OptionalDouble.of(scaler.stableLoad())
                    : OptionalDouble.empty()),
        perRevision(
            "ebb_autoscaler_backlog",
            "Asynchronous calls that are not done, where they decide.",
            scalers,
            scaler ->
                scaler.metric() == Metric.BACKLOG
                    ? OptionalDouble.of(scaler.stableLoad())
                    : OptionalDouble.empty()),
        perRevision(
            "ebb_autoscaler_panic_mode",
            "1 while the revision is scaled by its panic window.",
            scalers,
            scaler -> OptionalDouble.of(scaler.isPanicking() ? 1 : 0)),
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
      Function<RevisionScaler, OptionalDouble> value) {
    List<Sample> samples = new ArrayList<>();
    scalers.forEach((revision, scaler) -> {
      OptionalDouble now;
      synchronized (scaler) {
        now = value.apply(scaler);
      }
      now.ifPresent(number ->
          samples.add(
              new Sample(
                  Map.of("namespace", revision.namespace(), "revision", revision.name()),
                  new Scalar(number))));
    });
    return new MetricFamily(name, help, MetricFamily.Type.GAUGE, samples);
  }
}

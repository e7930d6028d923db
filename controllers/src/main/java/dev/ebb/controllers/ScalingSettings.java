package dev.ebb.controllers;

import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Averaging;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import dev.ebb.kinds.serving.ScalingValues;
import dev.ebb.kinds.settings.ScalingDefaults;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Makes a revision's scaling policy from the ConfigMap `config-autoscaler` and the revision's
/// `autoscaling.knative.dev/*` annotations, which win. An annotation that cannot be read, as older
/// servers stored them, counts as absent and is told in the log. Pure but for that.
///
/// Source: Knative Serving's autoscaling documentation; the comments of its `config-autoscaler`.
record ScalingSettings(ScalingDefaults config) {
  private static final Logger LOG = System.getLogger(ScalingSettings.class.getName());

  /// @param proven whether the revision reached its initial scale before this server started: then
  ///   it needs no instances to prove itself again
  /// @param reachable whether traffic leads to the revision, or may soon
  ScalingPolicy policy(
      Map<String, String> annotations,
      int containerConcurrency,
      boolean proven,
      boolean reachable) {
    Annotations revision = new Annotations(ScalingValues.ofAnnotations(annotations));
    Metric metric = metric(annotations, revision);
    int minScale = revision.count("min-scale").orElse(config.minScale());
    int initialScale =
        revision
            .count("initial-scale")
            .filter(count -> count > 0 || config.zeroInitialScale())
            .orElse(config.initialScale());
    return new ScalingPolicy(
        metric,
        target(revision, metric, containerConcurrency),
        revision
            .number("target-utilization-percentage")
            .map(percentage -> percentage / 100)
            .orElse(metric == Metric.RPS ? ScalingDefaults.RPS_UTILIZATION : config.utilization()),
        minScale,
        revision.count("max-scale").orElse(config.maxScale()),
        // A revision that must never have fewer than its minimum is not ready with fewer.
        proven ? 0 : Math.max(initialScale, Math.max(minScale, metric == Metric.USE ? 1 : 0)),
        revision.count("activation-scale").orElse(1),
        revision.duration("window").orElse(config.stableWindow()),
        averaging(revision),
        revision.number("panic-window-percentage").orElse(config.panicWindowPercentage()),
        revision.number("panic-threshold-percentage").orElse(config.panicThresholdPercentage()),
        config.maxScaleUpRate(),
        config.maxScaleDownRate(),
        revision.duration("scale-down-delay").orElse(config.scaleDownDelay()),
        config.scaleToZero(),
        revision.duration("scale-to-zero-pod-retention-period").orElse(config.retention()),
        reachable);
  }

  /// Whether a HorizontalPodAutoscaler prescribes how many instances there are.
  boolean byUse(Map<String, String> annotations) {
    return metric(annotations, new Annotations(ScalingValues.ofAnnotations(annotations)))
        == Metric.USE;
  }

  private Metric metric(Map<String, String> annotations, Annotations revision) {
    if (revision.text("class").orElse(config.scalerClass()).equals(ScalingDefaults.HPA)) {
      return Metric.USE;
    }
    if (annotations.getOrDefault(Labels.SCALING_METRIC, "").equals("backlog")) {
      return Metric.BACKLOG;
    }
    return revision.text("metric").filter("rps"::equals).isPresent()
        ? Metric.RPS
        : Metric.CONCURRENCY;
  }

  /// Concurrency is never aimed at above what an instance takes.
  private double target(Annotations revision, Metric metric, int containerConcurrency) {
    Optional<Double> own = revision.number("target");
    if (metric == Metric.RPS) {
      return own.orElse(config.rpsTarget());
    }
    return containerConcurrency > 0 && metric == Metric.CONCURRENCY
        ? Math.min(own.orElse((double) containerConcurrency), containerConcurrency)
        : own.orElse(config.concurrencyTarget());
  }

  private static Averaging averaging(Annotations revision) {
    return switch (revision.text("metric-aggregation-algorithm").orElse("")) {
      case "weighted-exponential", "weightedExponential" -> Averaging.WEIGHTED_EXPONENTIAL;
      default -> Averaging.LINEAR;
    };
  }

  /// Values that a policy can use: none is below zero.
  private record Annotations(ScalingValues values) {
    Optional<String> text(String name) {
      return values.text(name);
    }

    Optional<Double> number(String name) {
      return usable(name, values.number(name).filter(number -> number >= 0));
    }

    Optional<Integer> count(String name) {
      return usable(name, values.count(name).filter(count -> count >= 0));
    }

    Optional<Duration> duration(String name) {
      return usable(name, values.duration(name).filter(duration -> !duration.isNegative()));
    }

    private <T> Optional<T> usable(String name, Optional<T> value) {
      if (value.isEmpty()) {
        values
            .text(name)
            .ifPresent(text ->
                LOG.log(
                    Level.WARNING, "autoscaling setting {0} has no usable value: {1}", name, text));
      }
      return value;
    }
  }
}

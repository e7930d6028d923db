package dev.ebb.controllers;

import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.kinds.serving.ScalingValues;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Makes a revision's scaling policy from the ConfigMap `config-autoscaler` and the revision's
/// `autoscaling.knative.dev/*` annotations, which win. A value that cannot be read counts as absent
/// and is told in the log: a slip in the ConfigMap must not stop every deploy. Pure but for that.
///
/// Source: Knative Serving's autoscaling documentation; the comments of its `config-autoscaler`.
final class ScalingSettings {
  private static final Logger LOG = System.getLogger(ScalingSettings.class.getName());

  private final Reader config;

  ScalingSettings(Map<String, String> configAutoscaler) {
    this.config = new Reader(ScalingValues.ofConfig(configAutoscaler));
  }

  /// @param proven whether the revision reached its initial scale before this server started: then
  ///   it needs no instances to prove itself again
  /// @param reachable whether traffic leads to the revision, or may soon
  ScalingPolicy policy(
      Map<String, String> annotations,
      int containerConcurrency,
      boolean proven,
      boolean reachable) {
    Reader revision = new Reader(ScalingValues.ofAnnotations(annotations));
    double target =
        revision
            .number("target")
            .orElseGet(() ->
                containerConcurrency > 0
                    ? containerConcurrency
                    : config.number("container-concurrency-target-default", 100));
    if (containerConcurrency > 0) {
      target = Math.min(target, containerConcurrency);
    }
    double utilization =
        revision
            .number("target-utilization-percentage")
            .orElseGet(() -> config.number("container-concurrency-target-percentage", 70));
    int minScale = revision.count("min-scale").orElseGet(() -> config.count("min-scale", 0));
    int initialScale =
        revision.count("initial-scale").orElseGet(() -> config.count("initial-scale", 1));
    return new ScalingPolicy(
        target,
        // Values up to 1 in the ConfigMap are fractions.
        utilization > 1 ? utilization / 100 : utilization,
        minScale,
        revision.count("max-scale").orElseGet(() -> config.count("max-scale", 0)),
        // A revision that must never have fewer than its minimum is not ready with fewer.
        proven ? 0 : Math.max(initialScale, minScale),
        revision.count("activation-scale").orElse(1),
        revision.duration("window").orElseGet(() -> config.duration("stable-window", 60)),
        eitherNumber(revision, "panic-window-percentage", 10),
        eitherNumber(revision, "panic-threshold-percentage", 200),
        config.number("max-scale-up-rate", 1000),
        config.number("max-scale-down-rate", 2),
        eitherDuration(revision, "scale-down-delay"),
        config.isNotFalse("enable-scale-to-zero"),
        eitherDuration(revision, "scale-to-zero-pod-retention-period"),
        reachable);
  }

  private double eitherNumber(Reader revision, String name, double otherwise) {
    return revision.number(name).orElseGet(() -> config.number(name, otherwise));
  }

  private Duration eitherDuration(Reader revision, String name) {
    return revision.duration(name).orElseGet(() -> config.duration(name, 0));
  }

  /// Values that a policy can use: none is below zero.
  private record Reader(ScalingValues values) {
    boolean isNotFalse(String name) {
      return !values.text(name).equals(Optional.of("false"));
    }

    Optional<Double> number(String name) {
      return usable(name, values.number(name).filter(number -> number >= 0));
    }

    double number(String name, double otherwise) {
      return number(name).orElse(otherwise);
    }

    Optional<Integer> count(String name) {
      return usable(name, values.count(name).filter(count -> count >= 0));
    }

    int count(String name, int otherwise) {
      return count(name).orElse(otherwise);
    }

    Optional<Duration> duration(String name) {
      return usable(name, values.duration(name).filter(duration -> !duration.isNegative()));
    }

    Duration duration(String name, int otherwiseSeconds) {
      return duration(name).orElse(Duration.ofSeconds(otherwiseSeconds));
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

package dev.ebb.controllers;

import dev.ebb.dataplane.ScalingPolicy;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Makes a revision's scaling policy from the ConfigMap `config-autoscaler` and the revision's
/// `autoscaling.knative.dev/*` annotations, which win. A value that cannot be read counts as absent
/// and is told in the log: a slip in the ConfigMap must not stop every deploy. Pure but for that.
///
/// Source: Knative Serving's autoscaling documentation; the comments of its `config-autoscaler`.
final class ScalingSettings {
  private static final Logger LOG = System.getLogger(ScalingSettings.class.getName());
  private static final String PREFIX = "autoscaling.knative.dev/";

  private final Map<String, String> config;

  ScalingSettings(Map<String, String> configAutoscaler) {
    this.config = Map.copyOf(configAutoscaler);
  }

  /// @param proven whether the revision reached its initial scale before this server started: then
  ///   it needs no instances to prove itself again
  /// @param reachable whether traffic leads to the revision, or may soon
  ScalingPolicy policy(
      Map<String, String> annotations,
      int containerConcurrency,
      boolean proven,
      boolean reachable) {
    Reader revision = new Reader(annotations);
    double target =
        revision
            .number("target")
            .orElseGet(() ->
                containerConcurrency > 0
                    ? containerConcurrency
                    : number("container-concurrency-target-default", 100));
    if (containerConcurrency > 0) {
      target = Math.min(target, containerConcurrency);
    }
    double utilization =
        revision
            .number("target-utilization-percentage")
            .orElseGet(() -> number("container-concurrency-target-percentage", 70));
    int minScale = revision.count("min-scale").orElseGet(() -> count("min-scale", 0));
    int maxScale = revision.count("max-scale").orElseGet(() -> count("max-scale", 0));
    int initialScale = revision.count("initial-scale").orElseGet(() -> count("initial-scale", 1));
    return new ScalingPolicy(
        target,
        // Values up to 1 in the ConfigMap are fractions.
        utilization > 1 ? utilization / 100 : utilization,
        minScale,
        maxScale,
        // A revision that must never have fewer than its minimum is not ready with fewer.
        proven ? 0 : Math.max(initialScale, minScale),
        revision.count("activation-scale").orElse(1),
        revision.duration("window").orElseGet(() -> duration("stable-window", 60)),
        revision
            .number("panic-window-percentage")
            .orElseGet(() -> number("panic-window-percentage", 10)),
        revision
            .number("panic-threshold-percentage")
            .orElseGet(() -> number("panic-threshold-percentage", 200)),
        number("max-scale-up-rate", 1000),
        number("max-scale-down-rate", 2),
        revision.duration("scale-down-delay").orElseGet(() -> duration("scale-down-delay", 0)),
        !"false".equals(config.get("enable-scale-to-zero")),
        revision
            .duration("scale-to-zero-pod-retention-period")
            .orElseGet(() -> duration("scale-to-zero-pod-retention-period", 0)),
        reachable);
  }

  private double number(String key, double otherwise) {
    return read(config, key, ScalingSettings::parseNumber).orElse(otherwise);
  }

  private int count(String key, int otherwise) {
    return read(config, key, ScalingSettings::parseCount).orElse(otherwise);
  }

  private Duration duration(String key, int otherwiseSeconds) {
    return read(config, key, GoDuration::parse).orElse(Duration.ofSeconds(otherwiseSeconds));
  }

  private static <T> Optional<T> read(
      Map<String, String> values, String key, Function<String, Optional<T>> parser) {
    String text = values.get(key);
    if (text == null) {
      return Optional.empty();
    }
    Optional<T> value = parser.apply(text.strip());
    if (value.isEmpty()) {
      LOG.log(Level.WARNING, "autoscaling setting {0} has no usable value: {1}", key, text);
    }
    return value;
  }

  private static Optional<Double> parseNumber(String text) {
    return text.matches("[0-9]{1,12}(\\.[0-9]{1,9})?")
        ? Optional.of(Double.valueOf(text))
        : Optional.empty();
  }

  private static Optional<Integer> parseCount(String text) {
    return text.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  /// A revision's annotations without prefix. Knative also accepts `minScale` for `min-scale`.
  private static final class Reader {
    private final Map<String, String> values = new HashMap<>();

    private Reader(Map<String, String> annotations) {
      annotations.forEach((key, value) -> {
        if (key.startsWith(PREFIX)) {
          String name = key.substring(PREFIX.length());
          values.put(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), value);
        }
      });
    }

    private Optional<Double> number(String key) {
      return read(values, key, ScalingSettings::parseNumber);
    }

    private Optional<Integer> count(String key) {
      return read(values, key, ScalingSettings::parseCount);
    }

    private Optional<Duration> duration(String key) {
      return read(values, key, GoDuration::parse);
    }
  }
}

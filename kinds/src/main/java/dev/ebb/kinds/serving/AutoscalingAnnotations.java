package dev.ebb.kinds.serving;

import static dev.ebb.kinds.settings.ScalingDefaults.HPA;
import static dev.ebb.kinds.settings.ScalingDefaults.KPA;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.settings.ScalingDefaults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/// The `autoscaling.knative.dev/*` annotations of a template: what values they may have, under what
/// an operator set in `config-autoscaler`. Source: Knative Serving's autoscaling documentation.
final class AutoscalingAnnotations {
  private static final Set<String> METRICS_OF_LOAD = Set.of("concurrency", "rps");
  private static final Set<String> METRICS_OF_USE = Set.of("cpu", "memory");
  private static final Set<String> ALGORITHMS =
      Set.of("", "linear", "weighted-exponential", "weightedExponential");

  /// With a tick of 2 s, a shorter window would hold too few points.
  private static final Duration WINDOW_MIN = Duration.ofSeconds(6);

  private static final Duration WINDOW_MAX = Duration.ofHours(1);

  private final String path;
  private final ScalingValues values;
  private final ScalingDefaults config;
  private final List<FieldError> errors = new ArrayList<>();

  private AutoscalingAnnotations(
      String path, Map<String, String> annotations, ScalingDefaults config) {
    this.path = path;
    this.values = ScalingValues.ofAnnotations(annotations);
    this.config = config;
  }

  /// @param path of the annotations, for the errors
  static List<FieldError> validate(
      String path, Map<String, String> annotations, ScalingDefaults config) {
    AutoscalingAnnotations check = new AutoscalingAnnotations(path, annotations, config);
    check.kindOfScaler();
    check.scales();
    check.numbers();
    check.duration("window", WINDOW_MIN, true);
    check.duration("scale-down-delay", Duration.ZERO, true);
    check.duration("scale-to-zero-pod-retention-period", Duration.ZERO, false);
    return check.errors;
  }

  private void kindOfScaler() {
    String scaler = value("class").orElse(config.scalerClass());
    boolean known = scaler.equals(KPA) || scaler.equals(HPA);
    if (!known && scaler.endsWith(".knative.dev")) {
      bad("class", scaler, "is not supported");
    }
    value("metric")
        .filter(metric -> scaler.equals(KPA) && !METRICS_OF_LOAD.contains(metric))
        .ifPresent(metric -> bad("metric", metric, "must be concurrency or rps"));
    // Knative takes any name here and leaves the rest to an adapter for custom metrics.
    value("metric")
        .filter(metric -> scaler.equals(HPA) && !METRICS_OF_USE.contains(metric))
        .ifPresent(metric ->
            bad("metric", metric, "must be cpu or memory: there are no custom metrics here"));
    value("metric-aggregation-algorithm")
        .filter(algorithm -> scaler.equals(KPA) && !ALGORITHMS.contains(algorithm))
        .ifPresent(algorithm ->
            bad(
                "metric-aggregation-algorithm",
                algorithm,
                "must be linear or weighted-exponential"));
  }

  private void scales() {
    OptionalInt min = count("min-scale");
    OptionalInt max = count("max-scale");
    limited(max);
    OptionalInt initial = count("initial-scale");
    if (initial.isPresent() && initial.getAsInt() == 0 && !config.zeroInitialScale()) {
      bad("initial-scale", 0, values.key("initial-scale") + "=0 not allowed by cluster");
    }
    OptionalInt activation = count("activation-scale");
    boolean limited = max.orElse(0) > 0;
    if (limited && max.orElse(0) < min.orElse(0)) {
      String crossed =
          "max-scale=%d is less than min-scale=%d".formatted(max.orElse(0), min.orElse(0));
      errors.add(error("max-scale", max.orElse(0), crossed).saying(crossed));
    }
    if (activation.isPresent()) {
      int value = activation.getAsInt();
      if (value < 2) {
        bad("activation-scale", value, "must be greater than 1");
      } else if (min.orElse(0) > value) {
        bad("activation-scale", value, "is less than min-scale=%d".formatted(min.orElse(0)));
      } else if (limited && max.orElse(0) < value) {
        bad("activation-scale", value, "is greater than max-scale=%d".formatted(max.orElse(0)));
      }
    }
  }

  private void limited(OptionalInt max) {
    int limit = config.maxScaleLimit();
    if (limit == 0 || max.isEmpty()) {
      return;
    }
    int value = max.getAsInt();
    if (value == 0) {
      String unlimited = "max-scale=0 (unlimited), must be less than " + limit;
      errors.add(error("max-scale", 0, unlimited).saying(unlimited));
    } else if (value > limit) {
      errors.add(FieldError.outOfBounds(at("max-scale"), value, 1, limit));
    }
  }

  private void numbers() {
    number("target", 0.01, Double.MAX_VALUE);
    number("target-utilization-percentage", 1, 100);
    number("panic-window-percentage", 1, 100);
    number("panic-threshold-percentage", 110, 1000);
    OptionalDouble burst = number("target-burst-capacity", -1, Double.MAX_VALUE);
    if (burst.isPresent() && burst.getAsDouble() < 0 && burst.getAsDouble() != -1) {
      bad("target-burst-capacity", burst.getAsDouble(), "must not be negative, but for -1");
    }
  }

  private OptionalInt count(String name) {
    Optional<Integer> count = values.count(name).filter(value -> value >= 0);
    if (count.isEmpty()) {
      value(name).ifPresent(text -> bad(name, text, "must be a whole number from 0 on"));
      return OptionalInt.empty();
    }
    return OptionalInt.of(count.get());
  }

  private OptionalDouble number(String name, double least, double most) {
    String text = value(name).orElse("");
    Optional<Double> number = values.number(name);
    if (number.isEmpty()) {
      value(name).ifPresent(_ -> bad(name, text, "must be a number"));
      return OptionalDouble.empty();
    }
    if (number.get() < least) {
      bad(name, text, "must be at least " + least);
    } else if (number.get() > most) {
      bad(name, text, "must be at most " + most);
    }
    return OptionalDouble.of(number.get());
  }

  private void duration(String name, Duration least, boolean wholeSeconds) {
    value(name)
        .ifPresent(text -> {
          Optional<Duration> duration = values.duration(name);
          if (duration.isEmpty()) {
            bad(name, text, "must be a duration such as 90s or 1h");
          } else if (duration.get().compareTo(least) < 0
              || duration.get().compareTo(WINDOW_MAX) > 0) {
            bad(name, text, "must be from %ds to 1h".formatted(least.toSeconds()));
          } else if (wholeSeconds && duration.get().toNanosPart() != 0) {
            bad(name, text, "must be in whole seconds");
          }
        });
  }

  private Optional<String> value(String name) {
    return values.text(name);
  }

  private void bad(String name, Object value, String detail) {
    errors.add(error(name, value, detail));
  }

  private FieldError error(String name, Object value, String detail) {
    return FieldError.invalid(at(name), value, detail);
  }

  private String at(String name) {
    return path + "[" + values.key(name) + "]";
  }
}

package dev.ebb.dialects.openfaas;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.Quantity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// OpenFaaS's labels of scaling in the words of Knative. Pure.
///
/// As in OpenFaaS's paid edition a function has at least one instance unless `scale.zero` says
/// otherwise, at most twenty, and is scaled by its load. Its idle time before zero is
/// [#ZERO_DURATION]; Knative splits such a time into the window in which nothing came and how long
/// the last instance stays after it.
final class ScalingLabels {
  static final String PREFIX = "com.openfaas.scale.";

  private static final String AUTOSCALING = "autoscaling.knative.dev/";
  private static final String HPA = "hpa.autoscaling.knative.dev";
  private static final int MIN = 1;
  private static final int MAX = 20;
  private static final int FACTOR = 20;
  private static final double TARGET = 50;
  private static final double PROPORTION = 0.9;
  private static final Duration ZERO_DURATION = Duration.ofMinutes(15);

  /// Knative's window, and the shortest that it takes.
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(6);

  /// Far more than a machine can hold.
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,6}");

  private final Map<String, String> labels;

  ScalingLabels(Map<String, String> labels) {
    this.labels = labels;
  }

  /// How many instances there are at least where there are any.
  ///
  /// @throws Refusal 400
  int min() {
    return count("min", MIN);
  }

  /// @throws Refusal 400
  int max() {
    return count("max", MAX);
  }

  /// In percent of [#max]: how many more instances an alert asks for.
  ///
  /// @throws Refusal 400
  int factor() {
    int factor = count("factor", FACTOR);
    if (factor > 100) {
      throw invalid("factor", "a percentage");
    }
    return factor;
  }

  /// What one instance is to bear: calls per second, calls at once, asynchronous calls not done, or
  /// thousandths of a processor.
  ///
  /// @throws Refusal 400
  double target() {
    double target = number("target", TARGET);
    if (target <= 0) {
      throw invalid("target", "a number above 0");
    }
    return target;
  }

  boolean toZero() {
    return switch (labels.getOrDefault(PREFIX + "zero", "false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid("zero", "true or false");
    };
  }

  /// The annotations of a Revision.
  ///
  /// @param cpuRequest in thousandths of a processor, what a target for the processor is a share of
  /// @throws Refusal 400
  Map<String, String> annotations(Optional<Long> cpuRequest) {
    Map<String, String> annotations = new LinkedHashMap<>();
    int min = Math.max(min(), MIN);
    if (max() > 0 && max() < min) {
      throw Refusal.badRequest(
          "validation failed: label %smax must not be below %smin".formatted(PREFIX, PREFIX));
    }
    if (toZero()) {
      annotations.put("min-scale", "0");
      if (min > 1) {
        annotations.put("activation-scale", Integer.toString(min));
      }
      Duration idle = duration("zero-duration", ZERO_DURATION);
      Duration window = idle.compareTo(WINDOW) < 0 ? max(idle, SHORTEST_WINDOW) : WINDOW;
      annotations.put("window", GoDuration.format(window));
      annotations.put(
          "scale-to-zero-pod-retention-period",
          GoDuration.format(max(idle.minus(window), Duration.ZERO)));
    } else {
      annotations.put("min-scale", Integer.toString(min));
    }
    annotations.put("max-scale", Integer.toString(max()));
    if (labels.containsKey(PREFIX + "down.window")) {
      annotations.put(
          "scale-down-delay", GoDuration.format(duration("down.window", Duration.ZERO)));
    }
    annotations.putAll(metric(cpuRequest));
    Map<String, String> qualified = new LinkedHashMap<>();
    annotations.forEach((name, value) -> qualified.put(AUTOSCALING + name, value));
    // Knative has no such metric: to it concurrency comes nearest, for what waits in a queue is in
    // flight as soon as there is room for it.
    if (labels.getOrDefault(PREFIX + "type", "").equals("queue")) {
      qualified.put("serving.ebb.dev/scaling-metric", "backlog");
    }
    return qualified;
  }

  private Map<String, String> metric(Optional<Long> cpuRequest) {
    double target = target();
    double proportion = number("target-proportion", PROPORTION);
    if (proportion <= 0 || proportion > 1) {
      throw invalid("target-proportion", "a number above 0, at most 1");
    }
    return switch (labels.getOrDefault(PREFIX + "type", "rps")) {
      case "rps" -> load("rps", target, proportion);
      case "capacity", "queue" -> load("concurrency", target, proportion);
      case "cpu" -> {
        long request = cpuRequest.filter(milli -> milli > 0).orElse(Math.round(target));
        yield Map.of(
            "class", HPA, "metric", "cpu", "target", number(target * proportion * 100 / request));
      }
      default -> throw invalid("type", "one of rps, capacity, cpu, queue");
    };
  }

  /// What a container must ask for, so that a target in thousandths of a processor has a meaning.
  Optional<Long> cpuTarget() {
    return labels.getOrDefault(PREFIX + "type", "").equals("cpu")
        ? Optional.of(Math.round(number("target", TARGET)))
        : Optional.empty();
  }

  private static Map<String, String> load(String metric, double target, double proportion) {
    return Map.of(
        "metric", metric,
        "target", number(target),
        "target-utilization-percentage", number(proportion * 100));
  }

  /// Without a fraction where there is none.
  private static String number(double value) {
    double rounded = Math.round(value * 100) / 100.0;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  private int count(String name, int otherwise) {
    String text = labels.get(PREFIX + name);
    if (text == null) {
      return otherwise;
    }
    if (!COUNT.matcher(text).matches()) {
      throw invalid(name, "a whole number, 0 or more");
    }
    return Integer.parseInt(text);
  }

  private double number(String name, double otherwise) {
    String text = labels.get(PREFIX + name);
    return text == null
        ? otherwise
        : Quantity.parse(text)
            .map(quantity -> quantity.value().doubleValue())
            .orElseThrow(() -> invalid(name, "a number"));
  }

  private Duration duration(String name, Duration otherwise) {
    String text = labels.get(PREFIX + name);
    return text == null
        ? otherwise
        : GoDuration.parse(text)
            .filter(duration -> !duration.isNegative())
            .orElseThrow(() -> invalid(name, "a duration such as 15m"));
  }

  private Refusal invalid(String name, String wanted) {
    return Refusal.badRequest(
        "validation failed: label %s%s must be %s, not \"%s\""
            .formatted(PREFIX, name, wanted, labels.getOrDefault(PREFIX + name, "")));
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }
}

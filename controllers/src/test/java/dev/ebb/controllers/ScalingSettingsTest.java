package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Averaging;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import dev.ebb.kinds.settings.ScalingDefaults;
import dev.ebb.kinds.yaml.YamlReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScalingSettingsTest {
  @Test
  void withoutAnySettingKnativesDefaultsHold() {
    assertThat(policy(Map.of(), Map.of()))
        .isEqualTo(
            new ScalingPolicy(
                Metric.CONCURRENCY,
                100,
                0.7,
                0,
                0,
                1,
                1,
                Duration.ofMinutes(1),
                Averaging.LINEAR,
                10,
                200,
                1000,
                2,
                Duration.ZERO,
                true,
                Duration.ZERO,
                true));
  }

  static Stream<Arguments> knobs() {
    return Stream.of(
        knob("{}", "{metric: rps}", ScalingPolicy::metric, Metric.RPS),
        knob("{}", "{metric: rps}", ScalingPolicy::target, 200.0),
        knob("{}", "{metric: rps, target: '30'}", ScalingPolicy::target, 30.0),
        knob(
            "{requests-per-second-target-default: '50'}",
            "{metric: rps}",
            ScalingPolicy::target,
            50.0),
        knob(
            "{container-concurrency-target-percentage: '90'}",
            "{metric: rps}",
            ScalingPolicy::targetUtilization,
            0.7),
        knob(
            "{}",
            "{metric: rps, target-utilization-percentage: '80'}",
            ScalingPolicy::targetUtilization,
            0.8),
        knob("{container-concurrency-target-default: '20'}", "{}", ScalingPolicy::target, 20.0),
        knob("{}", "{target: '0.5'}", ScalingPolicy::target, 0.5),
        knob(
            "{container-concurrency-target-percentage: '90'}",
            "{}",
            ScalingPolicy::targetUtilization,
            0.9),
        knob(
            "{container-concurrency-target-percentage: '0.6'}",
            "{}",
            ScalingPolicy::targetUtilization,
            0.6),
        knob(
            "{container-concurrency-target-percentage: '90'}",
            "{targetUtilizationPercentage: '50'}",
            ScalingPolicy::targetUtilization,
            0.5),
        knob("{min-scale: '1'}", "{}", ScalingPolicy::minScale, 1),
        knob("{min-scale: '1'}", "{minScale: '3'}", ScalingPolicy::minScale, 3),
        knob("{min-scale: '1'}", "{min-scale: '3'}", ScalingPolicy::initialScale, 3),
        knob("{max-scale: '4'}", "{}", ScalingPolicy::maxScale, 4),
        knob("{max-scale: '4'}", "{max-scale: '5'}", ScalingPolicy::maxScale, 5),
        knob("{max-scale: '4'}", "{max-scale: '0'}", ScalingPolicy::maxScale, 0),
        knob("{initial-scale: '2'}", "{}", ScalingPolicy::initialScale, 2),
        knob("{initial-scale: '2'}", "{initial-scale: '0'}", ScalingPolicy::initialScale, 0),
        knob(
            "{initial-scale: '2', allow-zero-initial-scale: 'false'}",
            "{initial-scale: '0'}",
            ScalingPolicy::initialScale,
            2),
        knob("{}", "{activation-scale: '5'}", ScalingPolicy::activationScale, 5),
        knob("{stable-window: 90s}", "{}", ScalingPolicy::stableWindow, Duration.ofSeconds(90)),
        knob(
            "{stable-window: 90s}",
            "{window: 6s}",
            ScalingPolicy::stableWindow,
            Duration.ofSeconds(6)),
        knob(
            "{}",
            "{metric-aggregation-algorithm: weighted-exponential}",
            ScalingPolicy::averaging,
            Averaging.WEIGHTED_EXPONENTIAL),
        knob(
            "{}",
            "{metricAggregationAlgorithm: weightedExponential}",
            ScalingPolicy::averaging,
            Averaging.WEIGHTED_EXPONENTIAL),
        knob(
            "{}",
            "{metric-aggregation-algorithm: linear}",
            ScalingPolicy::averaging,
            Averaging.LINEAR),
        knob("{panic-window-percentage: '20'}", "{}", ScalingPolicy::panicWindowPercentage, 20.0),
        knob("{}", "{panicWindowPercentage: '5'}", ScalingPolicy::panicWindowPercentage, 5.0),
        knob(
            "{panic-threshold-percentage: '300'}",
            "{}",
            ScalingPolicy::panicThresholdPercentage,
            300.0),
        knob(
            "{}",
            "{panic-threshold-percentage: '110'}",
            ScalingPolicy::panicThresholdPercentage,
            110.0),
        knob("{max-scale-up-rate: '10'}", "{}", ScalingPolicy::maxScaleUpRate, 10.0),
        knob("{max-scale-down-rate: '1.5'}", "{}", ScalingPolicy::maxScaleDownRate, 1.5),
        knob(
            "{scale-down-delay: 15m}", "{}", ScalingPolicy::scaleDownDelay, Duration.ofMinutes(15)),
        knob(
            "{scale-down-delay: 15m}",
            "{scaleDownDelay: 1m}",
            ScalingPolicy::scaleDownDelay,
            Duration.ofMinutes(1)),
        knob("{enable-scale-to-zero: 'false'}", "{}", ScalingPolicy::scaleToZero, false),
        knob("{enable-scale-to-zero: F}", "{}", ScalingPolicy::scaleToZero, false),
        knob(
            "{scale-to-zero-pod-retention-period: 5m}",
            "{}",
            ScalingPolicy::scaleToZeroRetention,
            Duration.ofMinutes(5)),
        knob(
            "{}",
            "{scale-to-zero-pod-retention-period: 30s}",
            ScalingPolicy::scaleToZeroRetention,
            Duration.ofSeconds(30)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("knobs")
  void aKnobTurnsWhatItIsFor(
      String config, String annotations, Function<ScalingPolicy, Object> turned, Object expected) {
    assertThat(turned.apply(policy(strings(config, ""), annotations(annotations))))
        .isEqualTo(expected);
  }

  /// The gateway is always in the path, so they have nothing to decide.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{target-burst-capacity: '0'} | {}",
        "{target-burst-capacity: '-1'} | {}",
        "{activator-capacity: '7'} | {}",
        "{scale-to-zero-grace-period: 1s} | {}",
        "{} | {target-burst-capacity: '-1'}"
      })
  void whatIsForKnativesActivatorChangesNothing(String config, String annotations) {
    assertThat(policy(strings(config, ""), annotations(annotations)))
        .isEqualTo(policy(Map.of(), Map.of()));
  }

  @ParameterizedTest
  @CsvSource({"0, '', 100", "7, '', 7", "7, 3, 3", "7, 50, 7", "0, 50, 50", "0, nonsense, 100"})
  void theTargetNeverExceedsWhatAnInstanceTakes(int concurrency, String target, double expected) {
    Map<String, String> annotations =
        target.isEmpty() ? Map.of() : Map.of("autoscaling.knative.dev/target", target);

    assertThat(settings(Map.of()).policy(annotations, concurrency, false, true).target())
        .isEqualTo(expected);
  }

  @Test
  void aRateIsNotLimitedByWhatAnInstanceTakesAtOnce() {
    assertThat(settings(Map.of()).policy(annotations("{metric: rps}"), 7, false, true).target())
        .isEqualTo(200);
  }

  @Test
  void whatWasReadyBeforeNeedsNoInitialScale() {
    assertThat(settings(Map.of("min-scale", "3")).policy(Map.of(), 0, true, true).initialScale())
        .isZero();
  }

  @Test
  void annotationsThatNoPolicyCanHaveCountAsAbsent() {
    String stored = "{window: -5s, target: many, min-scale: '-2', metric: queue-length}";

    assertThat(policy(Map.of(), annotations(stored))).isEqualTo(policy(Map.of(), Map.of()));
  }

  /// As many as wait may be more than an instance takes at once.
  @Test
  void theBacklogIsAMetricOfItsOwn() {
    Map<String, String> annotations =
        new HashMap<>(annotations("{metric: concurrency, target: '50'}"));
    annotations.put("serving.ebb.dev/scaling-metric", "backlog");
    assertThat(settings(Map.of()).policy(annotations, 1, false, true))
        .extracting(ScalingPolicy::metric, ScalingPolicy::target)
        .containsExactly(Metric.BACKLOG, 50.0);
    annotations.put("serving.ebb.dev/scaling-metric", "other");
    assertThat(settings(Map.of()).policy(annotations, 1, false, true))
        .extracting(ScalingPolicy::metric, ScalingPolicy::target)
        .containsExactly(Metric.CONCURRENCY, 1.0);
  }

  private static Arguments knob(
      String config, String annotations, Function<ScalingPolicy, Object> turned, Object expected) {
    return Arguments.of(config, annotations, turned, expected);
  }

  private static ScalingPolicy policy(Map<String, String> config, Map<String, String> annotations) {
    return settings(config).policy(annotations, 0, false, true);
  }

  private static ScalingSettings settings(Map<String, String> config) {
    return new ScalingSettings(ScalingDefaults.of(config));
  }

  private static Map<String, String> annotations(String yaml) {
    return strings(yaml, "autoscaling.knative.dev/");
  }

  private static Map<String, String> strings(String yaml, String prefix) {
    Map<String, String> strings = new HashMap<>();
    YamlReader.readAll(yaml)
        .getFirst()
        .properties()
        .forEach(entry -> strings.put(prefix + entry.getKey(), entry.getValue().asString()));
    return strings;
  }
}

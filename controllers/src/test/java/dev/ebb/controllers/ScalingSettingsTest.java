package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ScalingPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalingSettingsTest {
  @Test
  void withoutAnySettingKnativesDefaultsHold() {
    assertThat(new ScalingSettings(Map.of()).policy(Map.of(), 0, false, true))
        .isEqualTo(
            new ScalingPolicy(
                100,
                0.7,
                0,
                0,
                1,
                1,
                Duration.ofMinutes(1),
                10,
                200,
                1000,
                2,
                Duration.ZERO,
                true,
                Duration.ZERO,
                true));
  }

  @ParameterizedTest
  @CsvSource({"0, '', 100", "7, '', 7", "7, 3, 3", "7, 50, 7", "0, 50, 50", "0, nonsense, 100"})
  void theTargetNeverExceedsWhatAnInstanceTakes(int concurrency, String target, double expected) {
    Map<String, String> annotations =
        target.isEmpty() ? Map.of() : Map.of("autoscaling.knative.dev/target", target);

    assertThat(
            new ScalingSettings(Map.of())
                .policy(annotations, concurrency, false, true)
                .targetConcurrency())
        .isEqualTo(expected);
  }

  @Test
  void annotationsWinOverTheConfigMapAlsoInCamelCase() {
    ScalingSettings settings =
        new ScalingSettings(
            Map.of("min-scale", "1", "stable-window", "90s", "enable-scale-to-zero", "false"));
    ScalingPolicy policy =
        settings.policy(
            Map.of(
                "autoscaling.knative.dev/minScale", "3",
                "autoscaling.knative.dev/max-scale", "5",
                "autoscaling.knative.dev/target-utilization-percentage", "50"),
            0,
            false,
            true);

    assertThat(policy.minScale()).isEqualTo(3);
    assertThat(policy.maxScale()).isEqualTo(5);
    assertThat(policy.initialScale()).isEqualTo(3);
    assertThat(policy.targetUtilization()).isEqualTo(0.5);
    assertThat(policy.stableWindow()).isEqualTo(Duration.ofSeconds(90));
    assertThat(policy.scaleToZero()).isFalse();
    assertThat(settings.policy(Map.of(), 0, true, true).initialScale()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"60s, 60000", "1h30m, 5400000", "1.5s, 1500", "500ms, 500", "0, 0"})
  void durationsAreReadAsGoWritesThem(String text, long millis) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({"''", "60", "s", "-1s", "1d", "99999999999999h"})
  void otherTextIsNoDuration(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "128Mi, 134217728",
    "1Gi, 1073741824",
    "1k, 1000",
    "1e3, 1000",
    "0.5, 0.5",
    "250m, 0.25"
  })
  void quantitiesAreReadAsKubernetesWritesThem(String text, BigDecimal value) {
    assertThat(Quantities.parse(text).map(BigDecimal::stripTrailingZeros))
        .isEqualTo(Optional.of(value.stripTrailingZeros()));
  }

  @ParameterizedTest
  @CsvSource({"''", "Mi", "1Xi", "-1", "1 Mi"})
  void otherTextIsNoQuantity(String text) {
    assertThat(Quantities.parse(text)).isEmpty();
  }
}

package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.ScalingPolicy;
import java.time.Duration;
import java.util.Map;
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

  @Test
  void valuesThatNoPolicyCanHaveCountAsAbsent() {
    Map<String, String> config =
        Map.of("stable-window", "-5s", "max-scale-up-rate", "-1", "min-scale", "-2");

    assertThat(new ScalingSettings(config).policy(Map.of(), 0, false, true))
        .isEqualTo(new ScalingSettings(Map.of()).policy(Map.of(), 0, false, true));
  }
}

package dev.ebb.kinds.settings;

import dev.ebb.kinds.ConfigSource;
import java.time.Duration;
import java.util.Map;

/// How Revisions are scaled that do not say so themselves, and what they may say: the ConfigMap
/// `config-autoscaler`. Knative's defaults hold for what is not set, but that an initial scale of
/// zero is allowed unless somebody forbids it.
///
/// `target-burst-capacity`, `activator-capacity` and `scale-to-zero-grace-period` are checked and
/// not here: the gateway is always in the path of requests, so they have nothing to decide.
///
/// @param scalerClass of Revisions that name none
/// @param scaleToZero whether the last instance may go
/// @param zeroInitialScale whether a Revision may be ready before anything of it ran
/// @param utilization of a target, 0 to 1
/// @param concurrencyTarget what one instance should have in flight where it has no limit
/// @param rpsTarget how many requests per second one instance should get
/// @param panicWindowPercentage of the stable window, 1 to 100
/// @param panicThresholdPercentage of what is ready
/// @param maxScale 0 for no limit
/// @param maxScaleLimit what a Revision's own limit may be at most; 0 for any
/// @param stableWindow 6 s to 1 h
public record ScalingDefaults(
    String scalerClass,
    boolean scaleToZero,
    boolean zeroInitialScale,
    double utilization,
    double concurrencyTarget,
    double rpsTarget,
    double maxScaleUpRate,
    double maxScaleDownRate,
    double panicWindowPercentage,
    double panicThresholdPercentage,
    int initialScale,
    int minScale,
    int maxScale,
    int maxScaleLimit,
    Duration stableWindow,
    Duration scaleDownDelay,
    Duration retention) {
  private static final ParsedConfig<ScalingDefaults> NOW =
      new ParsedConfig<>(SystemSettings.AUTOSCALER, ScalingDefaults::of);

  /// Scaled by its requests.
  public static final String KPA = "kpa.autoscaling.knative.dev";

  /// Scaled by what its instances use of the machine.
  public static final String HPA = "hpa.autoscaling.knative.dev";

  /// A fixed share of the rate: no key of the ConfigMap changes it.
  public static final double RPS_UTILIZATION = 0.7;

  /// As of now.
  public static ScalingDefaults now(ConfigSource config) {
    return NOW.now(config);
  }

  /// @throws InvalidSettingException for what cannot be used
  public static ScalingDefaults of(Map<String, String> configAutoscaler) {
    ScalingChecks.check(configAutoscaler);
    SettingValues values = new SettingValues(configAutoscaler);
    double percentage = values.decimal(70, "container-concurrency-target-percentage");
    return new ScalingDefaults(
        values.text("", "pod-autoscaler-class").isEmpty()
            ? KPA
            : values.text(KPA, "pod-autoscaler-class"),
        values.bool(true, "enable-scale-to-zero"),
        values.bool(true, "allow-zero-initial-scale"),
        percentage > 1 ? percentage / 100 : percentage, // up to 1 they are fractions
        values.decimal(100, "container-concurrency-target-default"),
        values.decimal(200, "requests-per-second-target-default"),
        values.decimal(1000, "max-scale-up-rate"),
        values.decimal(2, "max-scale-down-rate"),
        values.decimal(10, "panic-window-percentage"),
        values.decimal(200, "panic-threshold-percentage"),
        values.int32(1, "initial-scale"),
        values.int32(0, "min-scale"),
        values.int32(0, "max-scale"),
        values.int32(0, "max-scale-limit"),
        values.duration(Duration.ofSeconds(60), "stable-window"),
        values.duration(Duration.ZERO, "scale-down-delay"),
        values.duration(Duration.ZERO, "scale-to-zero-pod-retention-period"));
  }
}

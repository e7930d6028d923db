package dev.ebb.kinds.settings;

import java.time.Duration;
import java.util.Map;

/// What the ConfigMap `config-autoscaler` may hold.
final class ScalingChecks {
  private static final double TARGET_MIN = 0.01;
  private static final Duration WINDOW_MIN = Duration.ofSeconds(6);
  private static final Duration WINDOW_MAX = Duration.ofHours(1);

  private final SettingValues values;

  private ScalingChecks(Map<String, String> configAutoscaler) {
    this.values = new SettingValues(configAutoscaler);
  }

  /// @throws InvalidSettingException for what cannot be used
  static void check(Map<String, String> configAutoscaler) {
    ScalingChecks checks = new ScalingChecks(configAutoscaler);
    checks.types();
    checks.durations();
    checks.targets();
    checks.rates();
    checks.scales();
  }

  /// All at first, so that the message tells of a slip before it tells of a rule.
  private void types() {
    try {
      values.bool(true, "enable-scale-to-zero");
      values.bool(true, "allow-zero-initial-scale");
      for (String key :
          new String[] {
            "max-scale-up-rate",
            "max-scale-down-rate",
            "container-concurrency-target-percentage",
            "container-concurrency-target-default",
            "requests-per-second-target-default",
            "target-burst-capacity",
            "panic-window-percentage",
            "activator-capacity",
            "panic-threshold-percentage"
          }) {
        values.decimal(0, key);
      }
      for (String key :
          new String[] {"initial-scale", "min-scale", "max-scale", "max-scale-limit"}) {
        values.int32(0, key);
      }
      for (String key :
          new String[] {
            "stable-window",
            "scale-down-delay",
            "scale-to-zero-grace-period",
            "scale-to-zero-pod-retention-period"
          }) {
        values.duration(Duration.ZERO, key);
      }
    } catch (InvalidSettingException e) {
      throw new InvalidSettingException("failed to parse data: " + e.getMessage(), e);
    }
  }

  private void durations() {
    Duration grace = values.duration(Duration.ofSeconds(30), "scale-to-zero-grace-period");
    require(
        grace.isPositive(),
        "scale-to-zero-grace-period must be positive, was: %s".formatted(show(grace)));
    Duration delay = values.duration(Duration.ZERO, "scale-down-delay");
    require(
        !delay.isNegative(), "scale-down-delay cannot be negative, was: %s".formatted(show(delay)));
    require(
        delay.toNanosPart() == 0,
        "scale-down-delay = %s, must be specified with at most second precision"
            .formatted(show(delay)));
    Duration retention = values.duration(Duration.ZERO, "scale-to-zero-pod-retention-period");
    require(
        !retention.isNegative(),
        "scale-to-zero-pod-retention-period cannot be negative, was: %s"
            .formatted(show(retention)));
    Duration window = values.duration(Duration.ofSeconds(60), "stable-window");
    require(
        window.compareTo(WINDOW_MIN) >= 0 && window.compareTo(WINDOW_MAX) <= 0,
        "stable-window = %s, must be in [6s; 1h0m0s] range".formatted(show(window)));
    require(
        window.toNanosPart() == 0,
        "stable-window = %s, must be specified with at most second precision"
            .formatted(show(window)));
  }

  private void targets() {
    double burst = values.decimal(211, "target-burst-capacity");
    require(
        burst >= 0 || burst == -1,
        "target-burst-capacity must be either non-negative or -1 (for unlimited), was: %s"
            .formatted("%f".formatted(burst)));
    double percentage = values.decimal(70, "container-concurrency-target-percentage");
    // Values up to 1 are fractions.
    double fraction = percentage > 1 ? percentage / 100 : percentage;
    require(
        fraction > 0 && fraction <= 1,
        "container-concurrency-target-percentage = %s is outside of valid range of (0, 100]"
            .formatted("%f".formatted(fraction)));
    double target = fraction * values.decimal(100, "container-concurrency-target-default");
    require(
        target >= TARGET_MIN,
        ("container-concurrency-target-percentage and container-concurrency-target-default yield"
                + " target concurrency of %s, can't be less than 0.01")
            .formatted(show(target)));
    double rps = values.decimal(200, "requests-per-second-target-default");
    require(
        rps >= TARGET_MIN,
        "requests-per-second-target-default must be at least 0.01, was: %s".formatted(show(rps)));
  }

  private void rates() {
    double capacity = values.decimal(100, "activator-capacity");
    require(capacity >= 1, "activator-capacity = %s, must be at least 1".formatted(show(capacity)));
    double up = values.decimal(1000, "max-scale-up-rate");
    require(up > 1, "max-scale-up-rate = %s, must be greater than 1.0".formatted(show(up)));
    double down = values.decimal(2, "max-scale-down-rate");
    require(down > 1, "max-scale-down-rate = %s, must be greater than 1.0".formatted(show(down)));
    double window = values.decimal(10, "panic-window-percentage");
    require(
        window >= 1 && window <= 100,
        "panic-window-percentage = %s, must be in [1, 100] interval".formatted(show(window)));
  }

  private void scales() {
    int initial = values.int32(1, "initial-scale");
    boolean zero = values.bool(true, "allow-zero-initial-scale");
    require(
        initial > 0 || (initial == 0 && zero),
        ("initial-scale = %s, must be at least 0 (or at least 1 when allow-zero-initial-scale is"
                + " false)")
            .formatted(initial));
    int least = values.int32(0, "min-scale");
    require(least >= 0, "min-scale = %s, must be at least 0".formatted(least));
    int limit = values.int32(0, "max-scale-limit");
    int most = values.int32(0, "max-scale");
    int floor = limit > 0 ? 1 : 0;
    require(
        most >= floor && (limit <= 0 || most <= limit),
        "max-scale = %s, must be in [%s, max-scale-limit(%s)] range".formatted(most, floor, limit));
    require(limit >= 0, "max-scale-limit = %s, must be at least 0".formatted(limit));
    require(
        least <= most || most == 0,
        "min-scale (%s) must be less than max-scale (%s)".formatted(least, most));
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new InvalidSettingException(problem);
    }
  }

  private static String show(Duration duration) {
    return SettingValues.show(duration);
  }

  private static String show(double number) {
    return SettingValues.show(number);
  }
}

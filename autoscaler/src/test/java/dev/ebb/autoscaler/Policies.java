package dev.ebb.autoscaler;

import dev.ebb.dataplane.ScalingPolicy;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// Policies for tests: Knative's defaults with one knob turned.
record Policies(
    double target,
    double utilization,
    int min,
    int max,
    int initial,
    int activation,
    int windowSeconds,
    double panicWindow,
    double panicThreshold,
    double upRate,
    double downRate,
    int delaySeconds,
    boolean scaleToZero,
    int retentionSeconds,
    boolean reachable) {

  /// A target of 10 after utilization, so that counts are easy to read, and no initial instance.
  static Policies defaults() {
    return new Policies(10, 1, 0, 0, 0, 1, 60, 10, 200, 1000, 2, 0, true, 0, true);
  }

  static ScalingPolicy with(UnaryOperator<Policies> knob) {
    return knob.apply(defaults()).build();
  }

  ScalingPolicy build() {
    return new ScalingPolicy(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        Duration.ofSeconds(windowSeconds),
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        Duration.ofSeconds(delaySeconds),
        scaleToZero,
        Duration.ofSeconds(retentionSeconds),
        reachable);
  }

  Policies target(double value, double share) {
    return new Policies(
        value,
        share,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies bounds(int least, int most) {
    return new Policies(
        target,
        utilization,
        least,
        most,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies initial(int value) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        value,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies activation(int value) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        value,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies window(int seconds) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        seconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies panic(double windowPercentage, double thresholdPercentage) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        windowPercentage,
        thresholdPercentage,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies rates(double up, double down) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        up,
        down,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies delay(int seconds) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        seconds,
        scaleToZero,
        retentionSeconds,
        reachable);
  }

  Policies zero(boolean enabled, int retention) {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        enabled,
        retention,
        reachable);
  }

  Policies unreachable() {
    return new Policies(
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        windowSeconds,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        delaySeconds,
        scaleToZero,
        retentionSeconds,
        false);
  }
}

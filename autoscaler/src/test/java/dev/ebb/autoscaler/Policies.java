package dev.ebb.autoscaler;

import dev.ebb.dataplane.ScalingPolicy;
import dev.ebb.dataplane.ScalingPolicy.Averaging;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// Policies for tests: Knative's defaults with some knobs turned, a target of 10 after utilization,
/// so that counts are easy to read, and no initial instance.
final class Policies {
  private Metric metric = Metric.CONCURRENCY;
  private double target = 10;
  private double utilization = 1;
  private int min;
  private int max;
  private int initial;
  private int activation = 1;
  private int windowSeconds = 60;
  private Averaging averaging = Averaging.LINEAR;
  private double panicWindow = 10;
  private double panicThreshold = 200;
  private double upRate = 1000;
  private double downRate = 2;
  private int delaySeconds;
  private boolean scaleToZero = true;
  private int retentionSeconds;
  private boolean reachable = true;

  static Policies defaults() {
    return new Policies();
  }

  static ScalingPolicy with(UnaryOperator<Policies> knob) {
    return knob.apply(defaults()).build();
  }

  ScalingPolicy build() {
    return new ScalingPolicy(
        metric,
        target,
        utilization,
        min,
        max,
        initial,
        activation,
        Duration.ofSeconds(windowSeconds),
        averaging,
        panicWindow,
        panicThreshold,
        upRate,
        downRate,
        Duration.ofSeconds(delaySeconds),
        scaleToZero,
        Duration.ofSeconds(retentionSeconds),
        reachable);
  }

  Policies metric(Metric value) {
    metric = value;
    return this;
  }

  Policies target(double value, double share) {
    target = value;
    utilization = share;
    return this;
  }

  Policies bounds(int least, int most) {
    min = least;
    max = most;
    return this;
  }

  Policies initial(int value) {
    initial = value;
    return this;
  }

  Policies activation(int value) {
    activation = value;
    return this;
  }

  Policies window(int seconds) {
    windowSeconds = seconds;
    return this;
  }

  Policies averaging(Averaging value) {
    averaging = value;
    return this;
  }

  Policies panic(double windowPercentage, double thresholdPercentage) {
    panicWindow = windowPercentage;
    panicThreshold = thresholdPercentage;
    return this;
  }

  Policies rates(double up, double down) {
    upRate = up;
    downRate = down;
    return this;
  }

  Policies delay(int seconds) {
    delaySeconds = seconds;
    return this;
  }

  Policies zero(boolean enabled, int retention) {
    scaleToZero = enabled;
    retentionSeconds = retention;
    return this;
  }

  Policies unreachable() {
    reachable = false;
    return this;
  }
}

package dev.ebb.dataplane;

import java.time.Duration;

/// How a revision is scaled: `config-autoscaler` and the `autoscaling.knative.dev/*` annotations
/// taken together. Sources: Knative Serving's autoscaling documentation.
///
/// @param metric what is averaged and compared with the target
/// @param target what one instance should have of it, before utilization
/// @param targetUtilization 0 to 1
/// @param minScale applies while reachable
/// @param maxScale 0 for no limit
/// @param initialScale how many instances prove a new revision; 0 for none
/// @param activationScale at least so many when it leaves zero
/// @param stableWindow 6 s to 1 h
/// @param averaging of both windows
/// @param panicWindowPercentage of the stable window, 1 to 100
/// @param panicThresholdPercentage 110 to 1000
/// @param maxScaleUpRate at least 1: new count / ready count in one tick
/// @param maxScaleDownRate at least 1
/// @param scaleDownDelay how long a lower count must be wanted
/// @param scaleToZero whether the last instance may go
/// @param scaleToZeroRetention how long the last instance stays after the window
/// @param reachable whether a route leads here
public record ScalingPolicy(
    Metric metric,
    double target,
    double targetUtilization,
    int minScale,
    int maxScale,
    int initialScale,
    int activationScale,
    Duration stableWindow,
    Averaging averaging,
    double panicWindowPercentage,
    double panicThresholdPercentage,
    double maxScaleUpRate,
    double maxScaleDownRate,
    Duration scaleDownDelay,
    boolean scaleToZero,
    Duration scaleToZeroRetention,
    boolean reachable) {

  /// What the load is.
  public enum Metric {
    /// Requests at the gateway, waiting ones included.
    CONCURRENCY,
    /// Requests that arrive in a second.
    RPS,
    /// Asynchronous calls of its function that are not done ([BacklogSource]). How many there are
    /// now decides at once, and the largest backlog of the stable window holds the count; what is
    /// said of panic and of rates means nothing.
    BACKLOG,
    /// What instances use of the machine. Somebody else measures it and prescribes the count
    /// ([Scaler#prescribe]); the target and the windows mean nothing, and the last instance stays.
    USE
  }

  /// How the readings of a window become one number.
  public enum Averaging {
    /// Each counts the same.
    LINEAR,
    /// A second counts less than the one after it.
    WEIGHTED_EXPONENTIAL
  }
}

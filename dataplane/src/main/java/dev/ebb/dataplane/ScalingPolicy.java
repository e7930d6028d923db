package dev.ebb.dataplane;

import java.time.Duration;

/// How a revision is scaled: `config-autoscaler` and the `autoscaling.knative.dev/*` annotations
/// taken together. Sources: Knative Serving's autoscaling documentation.
///
/// @param targetConcurrency what one instance should have in flight, before utilization
/// @param targetUtilization 0 to 1
/// @param minScale applies while reachable
/// @param maxScale 0 for no limit
/// @param initialScale how many instances prove a new revision; 0 for none
/// @param activationScale at least so many when it leaves zero
/// @param stableWindow 6 s to 1 h
/// @param panicWindowPercentage of the stable window, 1 to 100
/// @param panicThresholdPercentage 110 to 1000
/// @param maxScaleUpRate at least 1: new count / ready count in one tick
/// @param maxScaleDownRate at least 1
/// @param scaleDownDelay how long a lower count must be wanted
/// @param scaleToZero whether the last instance may go
/// @param scaleToZeroRetention how long the last instance stays after the window
/// @param reachable whether a route leads here
public record ScalingPolicy(
    double targetConcurrency,
    double targetUtilization,
    int minScale,
    int maxScale,
    int initialScale,
    int activationScale,
    Duration stableWindow,
    double panicWindowPercentage,
    double panicThresholdPercentage,
    double maxScaleUpRate,
    double maxScaleDownRate,
    Duration scaleDownDelay,
    boolean scaleToZero,
    Duration scaleToZeroRetention,
    boolean reachable) {}

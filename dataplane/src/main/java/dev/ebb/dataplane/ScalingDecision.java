package dev.ebb.dataplane;

import java.time.Instant;

/// One decision, with what it was made from.
///
/// @param explanation in words, for `ebb describe`: "stable: 12.0 in flight / 7.0 per instance"
public record ScalingDecision(
    Instant at,
    int desired,
    int ready,
    double stableConcurrency,
    double panicConcurrency,
    boolean panicking,
    String explanation) {}

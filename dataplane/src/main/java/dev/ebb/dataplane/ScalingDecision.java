package dev.ebb.dataplane;

import java.time.Instant;

/// One decision, with what it was made from.
///
/// @param before how many there should have been until then
/// @param desired how many there should be now
/// @param explanation in words, for `ebb describe`: "stable: 37.0 requests in flight on average
///   over 60 s, 70.0 per instance: 1 wanted"
public record ScalingDecision(
    Instant at,
    int before,
    int desired,
    int ready,
    double stableLoad,
    double panicLoad,
    boolean panicking,
    String explanation) {}

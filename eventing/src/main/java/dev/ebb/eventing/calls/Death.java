package dev.ebb.eventing.calls;

import java.time.Instant;

/// Why something is not tried any more.
///
/// @param reason for people
/// @param status of the last answer, 0 when there was none
/// @param attempts how often it was tried
/// @param at when it was given up
public record Death(String reason, int status, int attempts, Instant at) {}

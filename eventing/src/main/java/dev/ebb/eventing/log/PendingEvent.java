package dev.ebb.eventing.log;

import java.time.Instant;
import java.util.Optional;

/// An event that a cursor has not acknowledged.
///
/// @param attempts how often it was leased out
/// @param leasedUntil when it is leased out now
/// @param notBefore when it waits to come again; may be past
public record PendingEvent(
    long sequence, int attempts, Optional<Instant> leasedUntil, Optional<Instant> notBefore) {}

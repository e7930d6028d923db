package dev.ebb.eventing.log;

import java.time.Instant;
import java.util.Optional;

/// How far a cursor is behind its stream.
///
/// @param events not acknowledged: waiting, leased out, and waiting to come again
/// @param bytes of their attributes and payloads; after damage or compaction an estimate from above
/// @param leased of them, leased out now
/// @param delayed of them, waiting to come again at a time in the future
/// @param oldest when the oldest of them was appended
public record Backlog(
    long events, long bytes, long leased, long delayed, Optional<Instant> oldest) {}

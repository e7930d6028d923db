package dev.ebb.eventing.log;

import java.time.Instant;
import java.util.Optional;

/// What a stream holds.
///
/// @param first the sequence number of the oldest event that is kept; `last + 1` when there is none
/// @param last that of the newest event ever appended, 0 when there was none
/// @param events kept, from `first` on
/// @param bytes of their attributes and payloads
/// @param oldest when the oldest was appended
public record StreamStatus(
    long first, long last, long events, long bytes, Optional<Instant> oldest) {}

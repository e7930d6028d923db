package dev.ebb.eventing.log;

import java.time.Instant;

/// An event of a stream.
///
/// @param sequence its place in the stream, 1 and up
/// @param time when the log took it, by the log's clock, in milliseconds; never before that of the
///   event before
/// @param attributes shared, must not be modified
@SuppressWarnings("ArrayRecordComponent") // never compared; copying would double the memory
public record StoredEvent(
    String stream, long sequence, Instant time, byte[] attributes, Payload payload) {}

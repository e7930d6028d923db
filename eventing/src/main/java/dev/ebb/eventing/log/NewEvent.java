package dev.ebb.eventing.log;

/// An event to append. The arrays must not be modified afterwards.
///
/// @param attributes what is known of the payload, in the form its readers and writers agree on; at
///   most 64 KiB
/// @param payload at most the log's limit
@SuppressWarnings("ArrayRecordComponent") // never compared; copying would double what is written
public record NewEvent(byte[] attributes, byte[] payload) {}

package dev.ebb.eventing.log;

/// What the log did since it was opened, and what it takes on the disk.
///
/// @param streams how many there are
/// @param segments files of events
/// @param bytes of all files
/// @param appends events that became durable
/// @param commits synced writes; `appends / commits` producers shared one
/// @param waiting operations on their way to the disk
/// @param failures commits that failed: disk full or broken
public record LogStatus(
    int streams,
    int segments,
    long bytes,
    long appends,
    long commits,
    int waiting,
    long failures) {}

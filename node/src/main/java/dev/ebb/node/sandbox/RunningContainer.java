package dev.ebb.node.sandbox;

/// A container whose first process runs the command.
///
/// @param pid of the first process, as this machine sees it: a child of the server, so that its end
///   can be waited for
/// @param startTime in clock ticks since the boot: with the number it names one process of a boot
/// @param spawnedAt nanoseconds of [System#nanoTime]
public record RunningContainer(String id, long pid, long startTime, long spawnedAt) {}

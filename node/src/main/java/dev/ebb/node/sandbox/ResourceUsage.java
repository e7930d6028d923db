package dev.ebb.node.sandbox;

/// What a container has used.
///
/// @param cpuNanos of processor time since its start
/// @param memoryBytes its working set: without page cache that can be dropped at once
/// @param processes processes and threads
public record ResourceUsage(long cpuNanos, long memoryBytes, long processes) {}

package dev.ebb.node.usage;

import java.time.Duration;

/// What one container, or the machine, uses.
///
/// @param cpuNanos nanoseconds of processor time per second: 1e9 is one core
/// @param memoryBytes the working set at the end of the window
/// @param window over which the processor time was measured; at least a millisecond
public record Usage(long cpuNanos, long memoryBytes, Duration window) {}

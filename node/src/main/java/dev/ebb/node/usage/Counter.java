package dev.ebb.node.usage;

import java.time.Duration;

/// What the kernel says of one container at one moment.
///
/// @param cpuNanos processor time since its start
/// @param age time since its start, when this counter was zero
public record Counter(long cpuNanos, long memoryBytes, Duration age) {}

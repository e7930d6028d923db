package dev.ebb.node.sandbox;

import java.util.OptionalInt;
import java.util.OptionalLong;

/// What a container is held to, by its cgroup.
///
/// @param memoryBytes above it the kernel ends the container's processes; swap does not count
/// @param cpuMillis thousandths of a core that it gets at most
/// @param cpuRequestMillis its share when the machine is full
/// @param pids how many processes and threads it may have
public record Resources(
    OptionalLong memoryBytes,
    OptionalInt cpuMillis,
    OptionalInt cpuRequestMillis,
    OptionalInt pids) {
  public static final Resources UNLIMITED =
      new Resources(
          OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());
}

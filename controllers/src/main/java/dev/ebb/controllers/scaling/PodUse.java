package dev.ebb.controllers.scaling;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/// What one Pod uses of the machine.
///
/// @param at the end of the window
/// @param window over which processor time was measured
/// @param containers by name; those that were not measured are absent
public record PodUse(Instant at, Duration window, Map<String, Container> containers) {
  /// @param cpuNanos nanoseconds of processor time per second
  /// @param memoryBytes the working set
  public record Container(long cpuNanos, long memoryBytes) {
    /// In thousandths: of a core, rounded up as Kubernetes does, and of a byte.
    long milli(String resource) {
      return resource.equals(CPU) ? Math.ceilDiv(cpuNanos, 1_000_000L) : memoryBytes * 1000;
    }
  }

  static final String CPU = "cpu";

  public PodUse {
    containers = Map.copyOf(containers);
  }

  /// Of all containers together.
  OptionalLong milli(String resource) {
    return containers.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(containers.values().stream().mapToLong(it -> it.milli(resource)).sum());
  }

  OptionalLong milli(String resource, String container) {
    Container one = containers.get(container);
    return one == null ? OptionalLong.empty() : OptionalLong.of(one.milli(resource));
  }
}

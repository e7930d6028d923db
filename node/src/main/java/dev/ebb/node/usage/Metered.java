package dev.ebb.node.usage;

import dev.ebb.dataplane.InstanceId;
import java.util.Optional;

/// What is measured on its own.
///
/// @param instance empty for the whole machine
/// @param container empty for the machine, and for an instance that is one plain process
public record Metered(Optional<InstanceId> instance, String container) {
  public static final Metered MACHINE = new Metered(Optional.empty(), "");

  public static Metered container(InstanceId instance, String container) {
    return new Metered(Optional.of(instance), container);
  }
}

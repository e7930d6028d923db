package dev.ebb.node.sandbox;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/// Which namespaces a container is in. User, mount and cgroup are always its own.
///
/// @param network the file of a network namespace; empty for a new one that has the loopback only
/// @param sandbox a process of another container of the same instance, whose IPC and UTS namespaces
///   are joined; empty for new ones
/// @param shareProcesses whether the processes of `sandbox` are seen, too
public record Namespaces(Optional<Path> network, OptionalLong sandbox, boolean shareProcesses) {
  /// Nothing shared with anybody.
  public static final Namespaces OWN =
      new Namespaces(Optional.empty(), OptionalLong.empty(), false);

  public static Namespaces network(Path file) {
    return new Namespaces(Optional.of(file), OptionalLong.empty(), false);
  }
}

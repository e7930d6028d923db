package dev.ebb.server;

import dev.ebb.node.network.Subnet;
import java.util.Optional;
import java.util.OptionalInt;

/// How a server runs containers.
///
/// @param isolation what keeps instances apart
/// @param runtime name or absolute path of the program; empty: crun, else runc
/// @param subnet of instances and services; empty: a free one
/// @param egress whether instances reach other machines
/// @param standbys how many revisions without an instance have one made ahead; empty for what the
///   machine's memory suggests
public record ContainersConfig(
    Isolation isolation,
    String runtime,
    Optional<Subnet> subnet,
    boolean egress,
    OptionalInt standbys) {
  static final ContainersConfig DEFAULT = of(Isolation.AUTO);

  ContainersConfig(Isolation isolation, String runtime, Optional<Subnet> subnet, boolean egress) {
    this(isolation, runtime, subnet, egress, OptionalInt.empty());
  }

  static ContainersConfig of(Isolation isolation) {
    return new ContainersConfig(isolation, "", Optional.empty(), true);
  }

  /// Whether a server that cannot run containers must not start.
  boolean demanded() {
    return isolation == Isolation.CONTAINER || subnet.isPresent() || !egress || !runtime.isEmpty();
  }
}

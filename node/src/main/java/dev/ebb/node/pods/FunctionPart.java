package dev.ebb.node.pods;

import dev.ebb.node.sandbox.Mount;
import java.util.List;
import java.util.Optional;

/// What the container of a function from source has besides what every container has.
///
/// @param mounts of the machine's files that it needs
/// @param bySocket its requests come by a unix socket, as the gateway's; else it listens at `PORT`
/// @param identity of the runtime and the command, which no digest of an image tells
/// @param preparation empty where the package is as it will be
public record FunctionPart(
    List<Mount> mounts,
    boolean bySocket,
    String identity,
    Optional<PackagePreparation> preparation) {
  public FunctionPart {
    mounts = List.copyOf(mounts);
  }
}

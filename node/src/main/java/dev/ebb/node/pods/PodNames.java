package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.InstanceNames;
import java.nio.file.Path;

/// What the parts of a Pod are called. Pure.
final class PodNames {
  private PodNames() {}

  /// Of one run of a container at the container runtime.
  static String container(InstanceId id, String container, int attempt) {
    return InstanceNames.shortName(id) + "." + container + "." + attempt;
  }

  static Path bundle(Path directory, String container, int attempt) {
    return directory.resolve(container + "." + attempt);
  }
}

package dev.ebb.node.pods;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.InstanceNames;
import java.nio.file.Path;

/// What the parts of a Pod are called. Pure.
public final class PodNames {
  private PodNames() {}

  /// Of one run of a container at the container runtime.
  static String container(InstanceId id, String container, int attempt) {
    return InstanceNames.shortName(id) + "." + container + "." + attempt;
  }

  /// Of the present run of a container.
  public static String running(InstanceId id, ContainerState state) {
    return container(id, state.name(), state.restarts());
  }

  static Path bundle(Path directory, String container, int attempt) {
    return directory.resolve(container + "." + attempt);
  }

  /// The last words of one run.
  static Path message(Path directory, String container, int attempt) {
    return directory.resolve(container + "." + attempt + ".message");
  }

  /// Of one run of a function.
  static Path home(Path directory, String container, int attempt) {
    return directory.resolve(container + "." + attempt + ".home");
  }
}

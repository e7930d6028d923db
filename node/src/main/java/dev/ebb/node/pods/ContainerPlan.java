package dev.ebb.node.pods;

import dev.ebb.dataplane.Container;
import dev.ebb.node.sandbox.ContainerUser;
import dev.ebb.node.sandbox.Root;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What of a container's start is the same for each instance.
///
/// @param init runs to its end before the others start, unless it is a sidecar
/// @param command of the image and the workload together; `$(NAME)` in it is not replaced yet
/// @param imageEnvironment variables of the image, which everything else goes before
/// @param contract variables that nothing goes before
/// @param stopSignal asks it to end
/// @param imageDigest `REPOSITORY@sha256:...`
/// @param function present for one from source
public record ContainerPlan(
    Container container,
    boolean init,
    Root root,
    List<String> command,
    Map<String, String> imageEnvironment,
    Map<String, String> contract,
    String workingDirectory,
    ContainerUser user,
    int stopSignal,
    String imageDigest,
    Optional<FunctionPart> function) {
  public ContainerPlan {
    command = List.copyOf(command);
    imageEnvironment = Map.copyOf(imageEnvironment);
    contract = Map.copyOf(contract);
  }

  /// Its requests come by a unix socket.
  boolean bySocket() {
    return function.filter(FunctionPart::bySocket).isPresent();
  }

  /// What it runs, for those who compare.
  String identity() {
    return imageDigest + function.map(FunctionPart::identity).orElse("");
  }

  String name() {
    return container.name();
  }

  /// An init container that runs on beside the others.
  boolean sidecar() {
    return init && container.restartAlways();
  }
}

package dev.ebb.node;

import dev.ebb.dataplane.Container;
import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Workload;
import dev.ebb.images.FunctionImage;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What a plain process cannot be: it sees the machine's own files and runs as the server's user.
/// To start it without the file, the neighbour or the user that it was promised would be a lie that
/// shows only in the program's behaviour, so it is not started, and the reason is told. Pure.
final class ProcessLimits {
  private static final String WHY =
      "instances are isolated by process only (`ebb doctor` tells what containers need)";

  private ProcessLimits() {}

  static Optional<StartRefusedException> refusal(Workload workload) {
    PodSpec pod = workload.pod();
    Container container = workload.container();
    Optional<String> image =
        all(pod)
            .map(Container::image)
            .filter(one -> FunctionImage.parse(one).isEmpty())
            .findFirst();
    if (image.isPresent()) {
      return refused(
          "ImageNotSupported",
          "this server runs no containers (`ebb doctor` tells what is missing), only function"
              + " packages (function.ebb.dev/NAMESPACE/NAME@sha256:DIGEST), not "
              + image.get());
    }
    if (workload.service().isEmpty()) {
      return refused("PodNotSupported", WHY + ", and a Pod of its own needs a container");
    }
    if (all(pod).count() > 1) {
      return refused(
          "MultiContainerNotSupported",
          "%s, and %d containers are given".formatted(WHY, all(pod).count()));
    }
    if (!container.volumeMounts().isEmpty()) {
      var mount = container.volumeMounts().getFirst();
      return refused(
          "VolumesNotSupported",
          "%s, and \"%s\" is to be mounted at %s"
              .formatted(WHY, mount.volume(), mount.mountPath()));
    }
    OptionalLong own = container.security().runAsUser();
    OptionalLong user = own.isPresent() ? own : pod.security().runAsUser();
    return user.isPresent()
        ? refused(
            "UserNotSupported", "%s, and user %d is asked for".formatted(WHY, user.getAsLong()))
        : Optional.empty();
  }

  private static Stream<Container> all(PodSpec pod) {
    return Stream.concat(pod.initContainers().stream(), pod.containers().stream());
  }

  private static Optional<StartRefusedException> refused(String reason, String message) {
    return Optional.of(StartRefusedException.lasting(reason, message));
  }
}

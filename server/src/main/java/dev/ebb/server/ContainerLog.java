package dev.ebb.server;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ContainerState.Phase;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Whether a container has a log to show: the rules and the words of the kubelet. Pure.
///
/// @param waiting why it does not run now; empty when it runs or has ended
/// @param ranBefore whether an earlier run of it has ended
record ContainerLog(Optional<String> waiting, boolean ranBefore) {
  /// The node knows it sooner than the Pod's status does, which stays when the instance is gone.
  static ContainerLog of(KubernetesObject pod, Optional<Instance> instance, String container) {
    return instance
        .flatMap(one ->
            one.containers().stream().filter(state -> state.name().equals(container)).findFirst())
        .map(ContainerLog::of)
        .orElseGet(() -> shown(pod, container));
  }

  private static ContainerLog of(ContainerState state) {
    return new ContainerLog(
        state.phase() == Phase.WAITING ? Optional.of(state.reason()) : Optional.empty(),
        state.lastExit().isPresent());
  }

  private static ContainerLog shown(KubernetesObject pod, String container) {
    for (String list : new String[] {"containerStatuses", "initContainerStatuses"}) {
      for (JsonNode status : pod.status().path(list)) {
        if (status.path("name").asString("").equals(container)) {
          JsonNode waiting = status.path("state").path("waiting");
          return new ContainerLog(
              waiting.isObject()
                  ? Optional.of(waiting.path("reason").asString(""))
                  : Optional.empty(),
              status.path("lastState").path("terminated").isObject());
        }
      }
    }
    return new ContainerLog(Optional.empty(), false);
  }

  /// @throws ApiException 400 when there is nothing to show
  void require(String pod, String container, boolean previous) {
    if (previous && !ranBefore) {
      throw ApiException.badRequest(
          "previous terminated container \"%s\" in pod \"%s\" not found".formatted(container, pod));
    }
    if (!ranBefore && waiting.isPresent()) {
      String reason =
          switch (waiting.get()) {
            case "ErrImagePull" -> "image can't be pulled";
            case "ImagePullBackOff" -> "trying and failing to pull image";
            default -> waiting.get();
          };
      throw ApiException.badRequest(
          "container \"%s\" in pod \"%s\" is waiting to start: %s"
              .formatted(container, pod, reason));
    }
  }

  /// Between two runs the last one is the run before.
  boolean isBetweenRuns() {
    return waiting.isPresent() && ranBefore;
  }
}

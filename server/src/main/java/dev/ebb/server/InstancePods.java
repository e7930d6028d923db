package dev.ebb.server;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instances;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// From a Pod to the instance that it shows.
final class InstancePods {
  /// What Knative gives a container that names no port.
  private static final int DEFAULT_PORT = 8080;

  private final Resources resources;
  private final Instances instances;

  InstancePods(Resources resources, Instances instances) {
    this.resources = resources;
    this.instances = instances;
  }

  /// @throws dev.ebb.resources.ApiException 404
  KubernetesObject pod(ObjectKey key) {
    return resources.get(CoreKinds.POD, key);
  }

  /// Empty when the Pod's instance has ended, or the Pod never had one.
  Optional<Instance> instance(ObjectKey key) {
    return instances.list().stream()
        .filter(one -> one.id().value().equals(key.name()))
        .filter(one -> one.revision().namespace().equals(key.namespace()))
        .filter(one -> one.phase() != Instance.Phase.EXITED)
        .findFirst();
  }

  /// @param container empty for the only one
  /// @throws ApiException 400
  static void checkContainer(KubernetesObject pod, String container) {
    for (JsonNode one : pod.spec().path("containers")) {
      if (container.isEmpty() || one.path("name").asString("").equals(container)) {
        return;
      }
    }
    throw ApiException.badRequest(
        "container %s is not valid for pod %s".formatted(container, pod.name()));
  }

  /// The container's name; that of the first one, when the client named none.
  static String container(KubernetesObject pod, String container) {
    return container.isEmpty()
        ? pod.spec().path("containers").path(0).path("name").asString("")
        : container;
  }

  /// Why the container has not started; empty when it has, or nobody tells.
  static Optional<String> waiting(KubernetesObject pod, String container) {
    for (JsonNode status : pod.status().path("containerStatuses")) {
      if (status.path("name").asString("").equals(container)) {
        return Optional.of(status.path("state").path("waiting").path("reason").asString(""))
            .filter(reason -> !reason.isEmpty());
      }
    }
    return Optional.empty();
  }

  /// The port that the function itself stands for: an instance answers on a unix socket, and this
  /// is the number under which the Pod shows it.
  static int userPort(KubernetesObject pod) {
    JsonNode port = pod.spec().path("containers").path(0).path("ports").path(0);
    return port.path("containerPort").asInt(DEFAULT_PORT);
  }
}

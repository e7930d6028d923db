package dev.ebb.server;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instances;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.Resources;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// From a Pod to the instance behind it, and to its containers.
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

  /// Empty when the Pod's instance has ended, or the Pod never had one. The instance of a revision
  /// has the name of the Pod that shows it, that of a user's Pod the Pod's UID.
  Optional<Instance> instance(KubernetesObject pod) {
    return instances.list().stream()
        .filter(one -> one.id().value().equals(pod.name()) || one.id().value().equals(pod.uid()))
        .filter(one -> one.revision().namespace().equals(pod.namespace()))
        .filter(one -> one.phase() != Instance.Phase.EXITED)
        .findFirst();
  }

  /// Whether a container has a process now.
  static boolean runs(Instance instance, String container) {
    return instance.containers().isEmpty()
        ? instance.pid() > 0
        : instance.containers().stream()
            .anyMatch(
                one -> one.name().equals(container) && one.phase() == ContainerState.Phase.RUNNING);
  }

  /// The container that a request is for.
  ///
  /// @param asked its name; empty for the only one
  /// @throws ApiException 400 with the words of Kubernetes
  static String container(KubernetesObject pod, String asked) {
    List<String> names = names(pod, "containers");
    List<String> first = names(pod, "initContainers");
    if (asked.isEmpty() && names.size() == 1) {
      return names.getFirst();
    }
    if (asked.isEmpty()) {
      String choice =
          names.isEmpty()
              ? ""
              : ", choose one of: [%s]".formatted(String.join(" ", names))
                  + (first.isEmpty()
                      ? ""
                      : " or one of the init containers: [%s]".formatted(String.join(" ", first)));
      throw ApiException.badRequest(
          "a container name must be specified for pod " + pod.name() + choice);
    }
    if (!names.contains(asked) && !first.contains(asked)) {
      throw ApiException.badRequest(
          "container %s is not valid for pod %s".formatted(asked, pod.name()));
    }
    return asked;
  }

  private static List<String> names(KubernetesObject pod, String field) {
    return pod.spec().path(field).valueStream().map(one -> one.path("name").asString("")).toList();
  }

  /// The port that the function itself stands for: an instance answers on a unix socket, and this
  /// is the number under which the Pod shows it.
  static int userPort(KubernetesObject pod) {
    JsonNode port = pod.spec().path("containers").path(0).path("ports").path(0);
    return port.path("containerPort").asInt(DEFAULT_PORT);
  }
}

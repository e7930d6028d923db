package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A revision's spec as the Pods have it that show its instances: also what only those read who
/// look, such as `nodeSelector` on one node.
final class RevisionPodSpec {
  /// What Knative gives a container that says no port.
  private static final int PORT = 8080;

  /// What a revision's spec has beside the fields of a Pod's.
  private static final Set<String> NOT_OF_PODS =
      Set.of(
          "containerConcurrency",
          "timeoutSeconds",
          "responseStartTimeoutSeconds",
          "idleTimeoutSeconds");

  private RevisionPodSpec() {}

  static void copy(KubernetesObject revision, ObjectNode spec) {
    revision
        .spec()
        .properties()
        .forEach(field -> {
          JsonNode value = field.getValue();
          boolean says = !value.isContainer() || !value.isEmpty();
          if (says && !NOT_OF_PODS.contains(field.getKey())) {
            spec.set(field.getKey(), value.deepCopy());
          }
        });
    spec.path("containers").forEach(RevisionPodSpec::resolveProbes);
  }

  /// Knative lets a probe leave its port out, or say 0, for that of the container; a Pod does not.
  private static void resolveProbes(JsonNode container) {
    int port = container.path("ports").path(0).path("containerPort").asInt(PORT);
    for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
      for (String action : List.of("httpGet", "tcpSocket", "grpc")) {
        if (container.path(probe).path(action) instanceof ObjectNode target
            && isUnset(target.path("port"))) {
          target.put("port", port);
        }
      }
    }
  }

  private static boolean isUnset(JsonNode port) {
    return port.isMissingNode() || (port.isNumber() && port.asInt(0) == 0);
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A revision's containers as the Pods have them that show its instances.
final class RevisionPodSpec {
  /// What Knative gives a container that says no port.
  private static final int PORT = 8080;

  private RevisionPodSpec() {}

  static void copy(KubernetesObject revision, ObjectNode spec) {
    for (String field : List.of("containers", "initContainers", "volumes", "imagePullSecrets")) {
      JsonNode value = revision.spec().path(field);
      if (!value.isEmpty()) {
        spec.set(field, value.deepCopy());
      }
    }
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

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Locale;
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
    spec.path("containers").forEach(RevisionPodSpec::resolve);
  }

  /// Knative lets a port be left out, or be 0, where only its name matters (`h2c`), and lets a
  /// probe do so for that of the container; a Pod does not. A Pod's schemes are in capital letters.
  private static void resolve(JsonNode container) {
    for (JsonNode port : container.path("ports")) {
      if (port instanceof ObjectNode named && isUnset(named.path("containerPort"))) {
        named.put("containerPort", PORT);
      }
    }
    int port = container.path("ports").path(0).path("containerPort").asInt(PORT);
    for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
      for (String action : List.of("httpGet", "tcpSocket", "grpc")) {
        if (container.path(probe).path(action) instanceof ObjectNode target
            && isUnset(target.path("port"))) {
          target.put("port", port);
        }
        if (container.path(probe).path(action) instanceof ObjectNode target
            && target.path("scheme").isString()) {
          target.put("scheme", target.path("scheme").asString().toUpperCase(Locale.ROOT));
        }
      }
    }
  }

  private static boolean isUnset(JsonNode port) {
    return port.isMissingNode() || (port.isNumber() && port.asInt(0) == 0);
  }
}

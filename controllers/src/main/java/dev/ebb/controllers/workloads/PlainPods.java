package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods of ReplicaSets and Jobs. Pure.
public final class PlainPods {
  private static final String FINISHED = "Succeeded|Failed";

  private PlainPods() {}

  /// A Pod of the owner's template, without a name of its own yet.
  public static KubernetesObject pod(KubernetesObject set) {
    JsonNode template = set.spec().path("template");
    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), new ObjectKey(set.namespace(), ""))
            .with(json -> {
              ObjectNode metadata = json.withObject("/metadata");
              metadata.remove("name");
              metadata.put("generateName", set.name() + "-");
              copy(template.path("metadata"), metadata, "labels");
              copy(template.path("metadata"), metadata, "annotations");
              copy(template.path("metadata"), metadata, "finalizers");
              json.set("spec", template.path("spec").deepCopy());
            });
    return Children.ownedBy(set, pod, Map.of(), Map.of());
  }

  /// Whether it still counts as one of its ReplicaSet's.
  public static boolean isActive(KubernetesObject pod) {
    return pod.deletionTimestamp().isEmpty()
        && !pod.status().path("phase").asString("Pending").matches(FINISHED);
  }

  /// Whether it has been ready for so long.
  static boolean isAvailable(KubernetesObject pod, Duration minReady, Instant now) {
    return availableAt(pod, minReady).map(time -> !now.isBefore(time)).orElse(false);
  }

  /// Empty while it is not ready.
  static Optional<Instant> availableAt(KubernetesObject pod, Duration minReady) {
    for (JsonNode condition : pod.status().path("conditions")) {
      if (condition.path("type").asString("").equals("Ready")
          && condition.path("status").asString("").equals("True")) {
        return Optional.of(
            Instant.parse(condition.path("lastTransitionTime").asString()).plus(minReady));
      }
    }
    return Optional.empty();
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field).deepCopy());
    }
  }
}

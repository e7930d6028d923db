package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods that are not the mirror of an instance. Nothing runs them, and they say so. Pure.
public final class PlainPods {
  public static final String NOT_SUPPORTED = "ContainersNotSupported";

  /// Without a full stop: others put it into sentences of their own.
  public static final String WHY =
      "this version of Ebb runs functions and Knative Services of them, and no containers of Pods";

  private static final String FINISHED = "Succeeded|Failed";

  private PlainPods() {}

  /// A Pod of the ReplicaSet, without a name of its own yet.
  static KubernetesObject pod(KubernetesObject set) {
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
  static boolean isActive(KubernetesObject pod) {
    return pod.deletionTimestamp().isEmpty()
        && !pod.status().path("phase").asString("Pending").matches(FINISHED);
  }

  public static ObjectNode status(ObjectNode status, KubernetesObject pod, Instant now) {
    status.put("phase", "Pending");
    new Conditions(status, now).markFalse("PodScheduled", NOT_SUPPORTED, WHY).write();
    waiting(status, "initContainerStatuses", pod.spec().path("initContainers"));
    waiting(status, "containerStatuses", pod.spec().path("containers"));
    return status;
  }

  private static void waiting(ObjectNode status, String field, JsonNode containers) {
    if (containers.isEmpty()) {
      return;
    }
    ArrayNode list = status.putArray(field);
    for (JsonNode container : containers) {
      ObjectNode node = list.addObject();
      node.put("name", container.path("name").asString(""));
      node.put("image", container.path("image").asString("")).put("imageID", "");
      node.put("ready", false).put("started", false).put("restartCount", 0);
      node.putObject("lastState");
      node.putObject("state").putObject("waiting").put("reason", NOT_SUPPORTED).put("message", WHY);
    }
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field).deepCopy());
    }
  }
}

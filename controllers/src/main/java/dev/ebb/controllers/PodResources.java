package dev.ebb.controllers;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Pod that shows an instance. Pure.
///
/// It has the containers that really run, so `kubectl get pods` says 1/1, and the labels by which
/// people select Knative's Pods.
final class PodResources {
  /// Instances are processes of this machine; they share its loopback.
  private static final String ADDRESS = "127.0.0.1";

  private PodResources() {}

  static ObjectKey key(Instance instance) {
    return new ObjectKey(instance.revision().namespace(), instance.id().value());
  }

  static Map<String, String> labels(KubernetesObject revision) {
    Map<String, String> labels = new HashMap<>(revision.labels());
    labels.remove(Labels.ROUTING_STATE);
    labels.put("app", revision.name());
    labels.put(Labels.REVISION, revision.name());
    labels.put(Labels.REVISION_UID, revision.uid());
    return labels;
  }

  static KubernetesObject pod(KubernetesObject revision, Instance instance, String nodeName) {
    KubernetesObject pod =
        KubernetesObject.of(CoreKinds.POD.type(), key(instance))
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              spec.set("containers", revision.spec().path("containers").deepCopy());
              spec.put("nodeName", nodeName);
              spec.put("serviceAccountName", "default");
            });
    return Children.ownedBy(revision, pod, labels(revision), Map.of());
  }

  static ObjectNode status(ObjectNode status, KubernetesObject pod, Instance instance) {
    boolean ready = instance.phase() == Phase.READY;
    boolean running = instance.phase() != Phase.STARTING;
    Instant created = instance.createdAt().truncatedTo(ChronoUnit.SECONDS);
    status.put("phase", running ? "Running" : "Pending");
    status.put("hostIP", ADDRESS).put("podIP", ADDRESS).put("qosClass", "BestEffort");
    status.putArray("podIPs").addObject().put("ip", ADDRESS);
    status.put("startTime", created.toString());
    ArrayNode conditions = status.putArray("conditions");
    condition(conditions, "Initialized", true, created);
    condition(conditions, "Ready", ready, created);
    condition(conditions, "ContainersReady", ready, created);
    condition(conditions, "PodScheduled", true, created);
    ArrayNode containers = status.putArray("containerStatuses");
    for (JsonNode container : pod.spec().path("containers")) {
      ObjectNode node = containers.addObject();
      String image = container.path("image").asString("");
      node.put("name", container.path("name").asString("")).put("image", image);
      node.put("imageID", image).put("restartCount", 0);
      node.put("ready", ready).put("started", running);
      ObjectNode state = node.putObject("state");
      if (running) {
        state.putObject("running").put("startedAt", created.toString());
      } else {
        state.putObject("waiting").put("reason", "ContainerCreating");
      }
    }
    return status;
  }

  private static void condition(ArrayNode conditions, String type, boolean value, Instant since) {
    conditions
        .addObject()
        .put("type", type)
        .put("status", value ? "True" : "False")
        .put("lastTransitionTime", since.toString());
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.reconcile.Children;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The Deployment that shows how many instances a Revision has. Pure.
final class DeploymentResources {
  private DeploymentResources() {}

  static ObjectKey key(ObjectKey revision) {
    return new ObjectKey(revision.namespace(), revision.name() + "-deployment");
  }

  static KubernetesObject deployment(KubernetesObject revision, int replicas) {
    Map<String, String> labels = PodResources.labels(revision);
    KubernetesObject deployment =
        KubernetesObject.of(AppsKinds.DEPLOYMENT.type(), key(revision.key()))
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              spec.put("replicas", replicas);
              spec.withObject("/selector/matchLabels").put(Labels.REVISION_UID, revision.uid());
              ObjectNode template = spec.putObject("template");
              ObjectNode templateLabels = template.withObject("/metadata/labels");
              labels.forEach(templateLabels::put);
              template
                  .putObject("spec")
                  .set("containers", revision.spec().path("containers").deepCopy());
            });
    return Children.ownedBy(revision, deployment, labels, Map.of());
  }

  static ObjectNode status(
      ObjectNode status, KubernetesObject deployment, int replicas, int ready) {
    status.put("observedGeneration", deployment.generation());
    status.put("replicas", replicas).put("updatedReplicas", replicas);
    status.put("readyReplicas", ready).put("availableReplicas", ready);
    status.put("unavailableReplicas", Math.max(0, replicas - ready));
    ArrayNode conditions = status.putArray("conditions");
    conditions
        .addObject()
        .put("type", "Available")
        .put("status", ready >= replicas ? "True" : "False")
        .put(
            "reason",
            ready >= replicas ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable");
    return status;
  }
}

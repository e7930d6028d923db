package dev.ebb.controllers;

import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.kinds.ChildName;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The Deployment that shows how many instances a Revision has. Pure.
final class DeploymentResources {
  private static final String REPLICA_FAILURE = "ReplicaFailure";

  private DeploymentResources() {}

  static ObjectKey key(ObjectKey revision) {
    return new ObjectKey(revision.namespace(), ChildName.of(revision.name(), "-deployment"));
  }

  static KubernetesObject deployment(KubernetesObject revision, int replicas) {
    Map<String, String> labels = PodResources.labels(revision);
    KubernetesObject deployment =
        KubernetesObject.of(AppsKinds.DEPLOYMENT.type(), key(revision.key()))
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              spec.put("replicas", replicas);
              spec.putObject("strategy").put("type", "RollingUpdate");
              spec.withObject("/selector/matchLabels").put(Labels.REVISION_UID, revision.uid());
              ObjectNode template = spec.putObject("template");
              ObjectNode templateLabels = template.withObject("/metadata/labels");
              labels.forEach(templateLabels::put);
              RevisionPodSpec.copy(revision, template.putObject("spec"));
            });
    return Children.ownedBy(revision, deployment, labels, Map.of());
  }

  static ObjectNode status(
      ObjectNode status, KubernetesObject deployment, RevisionInstances state, Instant now) {
    int wanted = deployment.spec().path("replicas").asInt(0);
    int live = state.ready() + state.starting();
    status.put("observedGeneration", deployment.generation());
    status.put("replicas", live).put("updatedReplicas", live);
    status.put("readyReplicas", state.ready()).put("availableReplicas", state.ready());
    status.put("unavailableReplicas", Math.max(0, wanted - state.ready()));
    Conditions conditions = new Conditions(status, now);
    if (state.ready() >= wanted) {
      conditions.mark(
          new Condition(
              "Available",
              Status.TRUE,
              "MinimumReplicasAvailable",
              "Deployment has minimum availability."));
      conditions.mark(
          new Condition(
              "Progressing",
              Status.TRUE,
              "NewReplicaSetAvailable",
              "All wanted instances are ready."));
    } else {
      conditions.markFalse(
          "Available",
          "MinimumReplicasUnavailable",
          "Deployment does not have minimum availability.");
      conditions.mark(progressing(wanted, state));
    }
    replicaFailure(conditions, state);
    conditions.write();
    return status;
  }

  /// The ReplicaSet's, while it may not make a Pod: it is there only then, as in Kubernetes.
  private static void replicaFailure(Conditions conditions, RevisionInstances state) {
    if (state.failure().orElse(null) instanceof Failure.Refused refused
        && refused.reason().equals("FailedCreate")) {
      conditions.mark(
          new Condition(REPLICA_FAILURE, Status.TRUE, refused.reason(), refused.message()));
    } else {
      conditions.remove(REPLICA_FAILURE);
    }
  }

  private static Condition progressing(int wanted, RevisionInstances state) {
    return switch (state.failure().orElse(null)) {
      case Failure.Refused refused ->
          new Condition("Progressing", Status.FALSE, refused.reason(), refused.message());
      case Failure.Crashed crashed ->
          new Condition(
              "Progressing",
              Status.FALSE,
              Exits.reason(crashed.exit()),
              Exits.message(crashed.exit()));
      case null ->
          new Condition(
              "Progressing",
              Status.TRUE,
              "ReplicaSetUpdated",
              "%d of %d wanted instances are ready.".formatted(state.ready(), wanted));
    };
  }
}

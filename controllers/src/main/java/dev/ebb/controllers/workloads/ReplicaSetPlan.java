package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Which Pods a ReplicaSet should have, and what it tells of them. Pure.
///
/// @param missing Pods to create
/// @param surplus Pods to delete: those that are not ready, then the youngest
public record ReplicaSetPlan(List<KubernetesObject> missing, List<KubernetesObject> surplus) {
  private static final String REPLICA_FAILURE = "ReplicaFailure";

  /// Of one ReplicaSet on one machine; far above what the kubelet takes, and below what would fill
  /// the store with Pods that wait.
  static final int MOST = 500;

  public ReplicaSetPlan {
    missing = List.copyOf(missing);
    surplus = List.copyOf(surplus);
  }

  /// @param owned the Pods that the ReplicaSet controls
  public static ReplicaSetPlan of(KubernetesObject set, List<KubernetesObject> owned) {
    List<KubernetesObject> active = new ArrayList<>(owned);
    active.removeIf(pod -> !PlainPods.isActive(pod));
    int wanted = Math.min(MOST, DeploymentPlan.replicas(set));
    if (active.size() <= wanted) {
      return new ReplicaSetPlan(
          Collections.nCopies(wanted - active.size(), PlainPods.pod(set)), List.of());
    }
    active.sort(
        Comparator.comparing((KubernetesObject pod) -> !Condition.ready(pod).isTrue())
            .thenComparing(pod -> pod.creationTimestamp().orElse(Instant.EPOCH))
            .reversed()
            .thenComparing(KubernetesObject::name));
    return new ReplicaSetPlan(List.of(), active.subList(0, active.size() - wanted));
  }

  public static ObjectNode status(
      ObjectNode status, KubernetesObject set, List<KubernetesObject> owned, Instant now) {
    List<KubernetesObject> active = owned.stream().filter(PlainPods::isActive).toList();
    int ready = (int) active.stream().filter(pod -> Condition.ready(pod).isTrue()).count();
    status.put("observedGeneration", set.generation());
    status.put("replicas", active.size()).put("fullyLabeledReplicas", active.size());
    Duration minReady = minReady(set);
    int available =
        (int) active.stream().filter(pod -> PlainPods.isAvailable(pod, minReady, now)).count();
    status.put("readyReplicas", ready).put("availableReplicas", available);
    Conditions conditions = new Conditions(status, now);
    if (DeploymentPlan.replicas(set) > MOST) {
      conditions.mark(
          new Condition(
              REPLICA_FAILURE,
              Status.TRUE,
              "FailedCreate",
              "no more than %d Pods of one ReplicaSet are created on one machine".formatted(MOST)));
    } else {
      conditions.remove(REPLICA_FAILURE);
    }
    conditions.write();
    if (status.path("conditions").isEmpty()) {
      status.remove("conditions");
    }
    return status;
  }

  /// When the next ready Pod becomes available; empty when none will by waiting.
  public static Optional<Instant> nextAvailable(
      KubernetesObject set, List<KubernetesObject> owned, Instant now) {
    return owned.stream()
        .filter(PlainPods::isActive)
        .flatMap(pod -> PlainPods.availableAt(pod, minReady(set)).stream())
        .filter(now::isBefore)
        .min(Comparator.naturalOrder());
  }

  private static Duration minReady(KubernetesObject set) {
    return Duration.ofSeconds(set.spec().path("minReadySeconds").asLong(0));
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.Optional;

/// Tells the Pods, ReplicaSets and Deployments that show instances from those of users.
final class Mirrors {
  private Mirrors() {}

  /// A user who copies the label makes no mirror: a mirror is controlled by what it shows.
  static boolean isMirror(KubernetesObject workload) {
    return workload.labels().containsKey(Labels.REVISION_UID) && workload.controller().isPresent();
  }

  /// That which a mirror shows; empty for a workload of a user.
  static Optional<ObjectKey> revision(KubernetesObject workload) {
    return isMirror(workload)
        ? Optional.ofNullable(workload.labels().get(Labels.REVISION))
            .map(name -> new ObjectKey(workload.namespace(), name))
        : Optional.empty();
  }
}

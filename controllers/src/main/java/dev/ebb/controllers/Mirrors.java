package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;

/// Tells the Pods, ReplicaSets and Deployments that show instances from those of users.
final class Mirrors {
  private Mirrors() {}

  /// A user who copies the label makes no mirror: a mirror is controlled by what it shows.
  static boolean isMirror(KubernetesObject workload) {
    return workload.labels().containsKey(Labels.REVISION_UID) && workload.controller().isPresent();
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;

/// How long Pods have to end, in seconds. Pure.
final class PodGrace {
  private static final long DEFAULT = 30;

  private PodGrace() {}

  /// What the Pod says.
  static long own(KubernetesObject pod) {
    return pod.spec().path("terminationGracePeriodSeconds").asLong(DEFAULT);
  }

  /// What whoever deleted it said, else its own.
  static long given(KubernetesObject pod) {
    return pod.metadata().path("deletionGracePeriodSeconds").asLong(own(pod));
  }
}

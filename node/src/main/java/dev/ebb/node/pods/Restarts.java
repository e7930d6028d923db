package dev.ebb.node.pods;

import dev.ebb.dataplane.PodSpec.RestartPolicy;

/// What follows the end of a container (Kubernetes's "Pod Lifecycle"). Pure.
enum Restarts {
  /// It is started again.
  AGAIN,
  /// It has done its part.
  DONE,
  /// The Pod has failed.
  FAILED;

  /// Whether a start that failed counts as a run that ended. What could not even be configured or
  /// created has no run, so a kubelet shows no end of it and counts no restart.
  static boolean isRun(String startError) {
    return !startError.equals("CreateContainerConfigError")
        && !startError.equals("CreateContainerError");
  }

  static Restarts after(ContainerPlan container, RestartPolicy policy, int code) {
    if (container.sidecar()) {
      return AGAIN;
    }
    if (container.init()) {
      if (code == 0) {
        return DONE;
      }
      return policy == RestartPolicy.NEVER ? FAILED : AGAIN;
    }
    return switch (policy) {
      case ALWAYS -> AGAIN;
      case ON_FAILURE -> code == 0 ? DONE : AGAIN;
      case NEVER -> DONE;
    };
  }
}

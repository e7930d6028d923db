package dev.ebb.dataplane;

import java.time.Duration;

/// What a node must know of a revision, or of a Pod that stands alone, to run instances of it.
///
/// @param revision of a Pod that stands alone: its namespace and name
/// @param service the Knative Service, for `K_SERVICE`; the configuration's name where there is
///   none; empty for a Pod that stands alone, which gets no such variables
/// @param configuration for `K_CONFIGURATION`
/// @param containerConcurrency 0 for no limit
/// @param requestTimeout from a request's arrival to the end of its response, as in [RequestLimits]
/// @param startTimeout how long an instance may take to become ready (the progress deadline)
/// @param terminationGrace from SIGTERM to SIGKILL
public record Workload(
    RevisionId revision,
    String service,
    String configuration,
    PodSpec pod,
    int containerConcurrency,
    Duration requestTimeout,
    Duration startTimeout,
    Duration terminationGrace) {
  /// The container that takes the requests.
  public Container container() {
    return pod.containers().getFirst();
  }

  public Workload withPod(PodSpec other) {
    return new Workload(
        revision,
        service,
        configuration,
        other,
        containerConcurrency,
        requestTimeout,
        startTimeout,
        terminationGrace);
  }
}

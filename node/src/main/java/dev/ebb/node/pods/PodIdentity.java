package dev.ebb.node.pods;

import dev.ebb.dataplane.PodSpec;
import dev.ebb.dataplane.Workload;
import java.util.List;
import java.util.TreeMap;

/// What tells instances that run the same from those that do not, also for a later server. Pure.
final class PodIdentity {
  private PodIdentity() {}

  /// The same text in every process: the order of an immutable map is another each time.
  ///
  /// @param images digests in the order of the containers
  static String of(Workload workload, List<String> images) {
    PodSpec pod = workload.pod();
    return List.of(
            workload.service(),
            workload.configuration(),
            images,
            pod.initContainers(),
            pod.containers(),
            pod.volumes(),
            pod.security().runAsUser(),
            pod.security().runAsGroup(),
            pod.security().runAsNonRoot(),
            pod.security().fsGroup(),
            pod.security().supplementalGroups(),
            new TreeMap<>(pod.security().sysctls()),
            pod.restartPolicy(),
            pod.serviceAccount(),
            pod.automountServiceAccountToken(),
            pod.shareProcessNamespace(),
            new TreeMap<>(pod.labels()),
            new TreeMap<>(pod.annotations()),
            pod.hostname(),
            pod.hostAliases())
        .toString();
  }
}

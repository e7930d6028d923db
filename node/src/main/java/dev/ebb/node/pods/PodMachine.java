package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.volumes.HostPaths;
import java.nio.file.Path;

/// The machine that Pods run on, as they see it.
///
/// @param work each Pod has a directory in it
/// @param sockets of functions; only the server can enter it
/// @param claims where the PersistentVolumeClaims are
/// @param hostPaths what of the machine they may mount
/// @param nodeName of the Node object
/// @param memoryBytes that Pods can have
/// @param cpuMillis thousandths of cores
public record PodMachine(
    Path work,
    Path sockets,
    Path claims,
    HostPaths hostPaths,
    String nodeName,
    long memoryBytes,
    long cpuMillis) {
  /// Instances of a revision are named by Ebb; a Pod that stands alone by its user, and its
  /// instance by the Pod's UID.
  String podName(InstanceId id, Workload workload) {
    return workload.service().isEmpty() ? workload.revision().name() : id.value();
  }
}

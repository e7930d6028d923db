package dev.ebb.node.pods;

import dev.ebb.dataplane.Workload;
import dev.ebb.node.StartPlan;
import java.util.List;

/// Everything of an instance of containers that is the same for each, worked out when the workload
/// becomes known, so that a cold start does not wait for it.
///
/// @param containers init containers first
/// @param port where requests go; 0 for a worker that takes none
/// @param lease keeps the images where they are
public record PodPlan(
    Workload workload,
    List<ContainerPlan> containers,
    int port,
    String hash,
    long reservation,
    ImageLease lease)
    implements StartPlan {
  public PodPlan {
    containers = List.copyOf(containers);
  }
}

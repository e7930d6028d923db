package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodPlan;
import java.util.Optional;

/// Makes ahead what can be made ahead: Pods, for a plain process is its program at once.
///
/// @param host empty where no containers can be run
record StandbyMaker(Optional<PodHost> host) implements Standbys.Maker {
  @Override
  public boolean canMake(StartPlan plan) {
    return plan instanceof PodPlan pod && host.filter(it -> it.prepares(pod)).isPresent();
  }

  @Override
  public Standby make(InstanceId id, StartPlan plan) {
    return host.orElseThrow().prepare(id, (PodPlan) plan);
  }
}

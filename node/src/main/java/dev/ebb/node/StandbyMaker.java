package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodPlan;
import java.util.Optional;

/// Makes what can be made ahead of each kind of instance.
///
/// @param host empty where no containers can be run
record StandbyMaker(Optional<PodHost> host) implements Standbys.Maker {
  @Override
  public boolean canMake(StartPlan plan) {
    return plan instanceof PodPlan pod && host.filter(it -> it.prepares(pod)).isPresent();
  }

  @Override
  public Standby make(InstanceId id, StartPlan plan) {
    if (plan instanceof PodPlan pod) {
      return host.orElseThrow().prepare(id, pod);
    }
    throw new IllegalArgumentException(plan.toString());
  }
}

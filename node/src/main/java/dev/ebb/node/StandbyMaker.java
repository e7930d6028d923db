package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodPlan;
import java.util.Optional;

/// Makes what can be made ahead of each kind of instance.
///
/// @param host empty where no containers can be run
record StandbyMaker(Optional<PodHost> host, InstanceStarter starter) implements Standbys.Maker {
  @Override
  public boolean canMake(StartPlan plan) {
    return switch (plan) {
      case PodPlan pod -> host.filter(it -> it.prepares(pod)).isPresent();
      case ProcessPlan ignored -> starter.prepares();
      default -> false;
    };
  }

  @Override
  public Standby make(InstanceId id, StartPlan plan) {
    return switch (plan) {
      case PodPlan pod -> host.orElseThrow().prepare(id, pod);
      case ProcessPlan process -> starter.prepare(process, id);
      default -> throw new IllegalArgumentException(plan.toString());
    };
  }
}

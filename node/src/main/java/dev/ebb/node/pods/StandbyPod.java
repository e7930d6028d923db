package dev.ebb.node.pods;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.StandardInput;
import dev.ebb.node.Standby;
import dev.ebb.node.sandbox.ContainerSpec;
import dev.ebb.node.sandbox.RunningContainer;

/// A Pod with its network, its volumes and its container, whose first process waits to become the
/// program.
///
/// @param container waits, see [dev.ebb.node.sandbox.ContainerRuntime#create]
public record StandbyPod(
    InstanceId id,
    PodPlan plan,
    PodSetup setup,
    ContainerSpec spec,
    RunningContainer container,
    PodHost host)
    implements Standby {
  /// One container that needs nobody at its input. What a subPath leads to is looked up when the
  /// container is made, and would be old.
  static boolean isPossible(PodPlan plan) {
    if (plan.containers().size() != 1) {
      return false;
    }
    var container = plan.containers().getFirst().container();
    return container.stdin() == StandardInput.NONE
        && !container.tty()
        && container.volumeMounts().stream().allMatch(mount -> mount.subPath().isEmpty());
  }

  @Override
  public void discard() {
    host.discard(this);
  }
}

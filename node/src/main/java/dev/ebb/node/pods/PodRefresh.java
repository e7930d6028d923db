package dev.ebb.node.pods;

import dev.ebb.node.Loop;
import dev.ebb.node.volumes.Volumes;

/// Brings the volumes of a Pod up to date while it runs. Only the node's loop touches it.
final class PodRefresh {
  private final Pod pod;
  private Loop.Timer timer = Loop.Timer.NONE;

  PodRefresh(Pod pod) {
    this.pod = pod;
  }

  void start() {
    Volumes.refreshInterval(pod.plan.workload().pod())
        .ifPresent(interval -> timer = pod.loop.after(interval, this::look));
  }

  void stop() {
    timer.cancel();
  }

  private void look() {
    PodPlan plan = pod.plan;
    PodSetup setup = pod.present();
    pod.loop.work(() -> {
      pod.host.refresh(pod.id, plan, setup);
      pod.loop.execute(() -> {
        if (pod.stage == Pod.Stage.RUNNING) {
          start();
        }
      });
    });
  }
}

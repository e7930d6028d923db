package dev.ebb.node.pods;

import dev.ebb.node.Loop;
import dev.ebb.node.volumes.Volumes;
import java.time.Duration;

/// Brings the volumes of a Pod up to date while it runs. Only the node's loop touches it.
final class PodRefresh {
  /// The kubelet takes up to a minute and more. The sources are in memory here, so that a look
  /// costs microseconds.
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final Pod pod;
  private Loop.Timer timer = Loop.Timer.NONE;

  PodRefresh(Pod pod) {
    this.pod = pod;
  }

  void start() {
    if (Volumes.changes(pod.plan.workload().pod())) {
      timer = pod.loop.after(INTERVAL, this::look);
    }
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

package dev.ebb.node.pods;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/// Keeps the record of a Pod as the Pod is. Only the node's loop touches it.
final class PodRecorder {
  private static final Logger LOG = System.getLogger(PodRecorder.class.getName());

  private final Pod pod;
  private final List<PodContainer> containers;
  private boolean saving;
  private boolean unsaved;

  PodRecorder(Pod pod, List<PodContainer> containers) {
    this.pod = pod;
    this.containers = containers;
  }

  boolean isSaving() {
    return saving;
  }

  /// Writes down what a later server must know, beside the loop and in order.
  void save() {
    PodSetup setup = pod.setup;
    if (pod.stage == Pod.Stage.ENDED || setup == null) {
      return;
    }
    if (saving) {
      unsaved = true;
      return;
    }
    saving = true;
    unsaved = false;
    PodRecord record = record(setup);
    pod.loop.work(() -> {
      boolean saved = save(record);
      pod.loop.execute(() -> saved(saved));
    });
  }

  private boolean save(PodRecord record) {
    try {
      pod.host.save(record);
      return true;
    } catch (IOException e) {
      LOG.log(Level.ERROR, "cannot write the record of " + pod.id + "; it is ended", e);
      return false;
    }
  }

  private void saved(boolean done) {
    saving = false;
    if (!done && pod.stage == Pod.Stage.RUNNING) {
      pod.kill("CreateFailed");
    } else if (unsaved) {
      save();
    }
    pod.endIfOver();
  }

  private PodRecord record(PodSetup made) {
    return new PodRecord(
        pod.id,
        pod.plan.workload().revision(),
        pod.ends == Ends.RESTART,
        pod.host.bootId(),
        pod.plan.hash(),
        pod.plan.port(),
        pod.createdAt,
        pod.plan.reservation(),
        pod.plan.workload().terminationGrace(),
        made.hostname(),
        made.network(),
        containers.stream().map(one -> one.record(pod.id)).toList());
  }
}

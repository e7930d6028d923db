package dev.ebb.node.pods;

import dev.ebb.node.StartRefusedException;
import dev.ebb.node.volumes.Volumes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is done before a Pod's first container: its network, files and volumes, or the taking over
/// of what was made ahead. Only the node's loop touches it.
final class PodStart {
  private static final Logger LOG = System.getLogger(PodStart.class.getName());

  private final Pod pod;
  private final List<PodContainer> containers;
  private final PodListener listener;

  /// Made ahead and not started yet.
  @Nullable StandbyPod standby;

  PodStart(Pod pod, List<PodContainer> containers, PodListener listener) {
    this.pod = pod;
    this.containers = containers;
    this.listener = listener;
  }

  void begin() {
    pod.stage = Pod.Stage.SETTING_UP;
    pod.plan.lease().hold();
    setUp(() -> pod.host.setUp(pod.id, pod.plan));
  }

  void begin(StandbyPod ready) {
    pod.stage = Pod.Stage.SETTING_UP;
    standby = ready;
    if (Volumes.refreshInterval(pod.plan.workload().pod()).isEmpty()) {
      pod.setUp(ready.setup());
    } else {
      setUp(() -> pod.host.renew(ready));
    }
  }

  private void setUp(Supplier<PodSetup> way) {
    pod.loop.work(
        pod.plan.workload().revision(),
        () -> {
          try {
            PodSetup made = way.get();
            pod.loop.execute(() -> pod.setUp(made));
          } catch (StartRefusedException e) {
            pod.loop.execute(() -> refused(e));
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "cannot set up " + pod.id, e);
            pod.loop.execute(() -> refused(StartRefusedException.createFailed(e)));
          }
        });
  }

  private void refused(StartRefusedException why) {
    standby = null;
    pod.plan.lease().letGo();
    if (pod.stage == Pod.Stage.SETTING_UP) {
      pod.stage = Pod.Stage.NEW;
      containers.stream()
          .filter(one -> !one.plan.init())
          .forEach(one -> one.waits(waiting(why), why.text()));
    } else {
      pod.stage = Pod.Stage.ENDED;
    }
    listener.refused(pod, why);
  }

  /// Under a kubelet a container is still being created while its volumes are not there; an event
  /// tells why.
  private static String waiting(StartRefusedException why) {
    return why.reason().equals("FailedMount") ? "ContainerCreating" : why.reason();
  }
}

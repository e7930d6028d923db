package dev.ebb.node.pods;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Probe;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.RunningContainer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The single runs of a Pod's containers, each from its start to its deletion. Only the node's loop
/// touches it.
final class PodRuns {
  private static final Logger LOG = System.getLogger(PodRuns.class.getName());

  /// How long a kubelet waits before it looks at such a Pod again.
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final Pod pod;
  private final List<PodContainer> containers;
  private int deletions;

  PodRuns(Pod pod, List<PodContainer> containers) {
    this.pod = pod;
    this.containers = containers;
  }

  boolean allDeleted() {
    return deletions == 0;
  }

  /// @param sandbox a process whose namespaces it joins
  void launch(PodContainer container, OptionalLong sandbox) {
    container.starting = true;
    if (container.reason.equals("PodInitializing")) {
      container.waits("ContainerCreating", "");
    }
    PodSetup made = pod.present();
    int attempt = container.restarts;
    pod.loop.work(
        pod.plan.workload().revision(),
        () -> {
          try {
            RunningContainer running =
                pod.host.start(pod.id, pod.plan, container.plan, attempt, made, sandbox);
            pod.loop.execute(() -> launched(container, running));
          } catch (StartRefusedException e) {
            pod.loop.execute(() -> pod.notLaunched(container, e));
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "cannot start " + pod.id + "/" + container.plan.name(), e);
            pod.loop.execute(
                () -> pod.notLaunched(container, StartRefusedException.createFailed(e)));
          }
        });
  }

  private void launched(PodContainer container, RunningContainer running) {
    container.runs(running, pod.loop.now());
    pod.host.processes().watch(pod, running.pid());
    pod.launched(container, running);
  }

  /// Its probes begin when its postStart hook is over, which ends it when it fails.
  void begun(PodContainer container, RunningContainer running) {
    var postStart = container.plan.container().lifecycle().postStart();
    if (postStart.isEmpty()) {
      probe(container);
      return;
    }
    hook(
        container,
        postStart.get(),
        result -> {
          if (!running.equals(container.running) || pod.stage != Pod.Stage.RUNNING) {
            return;
          }
          if (result.healthy()) {
            probe(container);
          } else {
            container.message = "PostStartHook failed: " + result.message();
            pod.stop.one(container);
          }
        });
  }

  void probe(PodContainer container) {
    container.probes = new ContainerProbes(pod, container, change -> pod.probed(container, change));
    container.probes.start();
  }

  /// The first process of one of its containers ended.
  void processEnded(long pid) {
    for (PodContainer container : containers) {
      RunningContainer running = container.running;
      if (running != null && running.pid() == pid && !container.ending) {
        container.ending = true;
        container.stopProbes();
        boolean asked = pod.stage == Pod.Stage.STOPPING;
        pod.loop.work(() -> {
          ExitStatus status =
              pod.host.exit(
                  pod.id,
                  pod.plan,
                  container.plan,
                  container.restarts,
                  running,
                  container.killReason,
                  asked);
          pod.loop.execute(() -> ended(container, running, status));
        });
      }
    }
  }

  private void ended(PodContainer container, RunningContainer running, ExitStatus status) {
    container.ended(status, pod.loop.now());
    delete(container, container.restarts, running);
    pod.ended(container);
  }

  private void delete(PodContainer container, int attempt, RunningContainer running) {
    deletions++;
    pod.loop.work(() -> {
      try {
        pod.host.delete(pod.id, pod.plan, container.plan, attempt, running);
      } finally {
        pod.loop.execute(() -> {
          deletions--;
          pod.endIfOver();
        });
      }
    });
  }

  /// There was no run that could be counted.
  void tryLater(PodContainer container, StartRefusedException why) {
    container.waits(why.reason(), why.text());
    stepAfter(container, RETRY);
  }

  /// It is started again, at once or later.
  void again(PodContainer container) {
    Duration delay = container.backoff.ended(container.ran(pod.loop.now()));
    String why = container.reason;
    container.again();
    if (delay.isZero()) {
      return;
    }
    if (why.isEmpty() || why.equals("ContainerCreating") || why.equals("PodInitializing")) {
      container.waits(
          "CrashLoopBackOff",
          "back-off %s restarting failed container=%s pod=%s"
              .formatted(text(delay), container.plan.name(), pod.host.podName(pod.id, pod.plan)));
    } else {
      container.waits(why, container.message);
    }
    stepAfter(container, delay);
  }

  private void stepAfter(PodContainer container, Duration delay) {
    container.restartWaits = true;
    container.restart =
        pod.loop.after(
            delay,
            () -> {
              container.restartWaits = false;
              pod.step();
            });
  }

  /// As Go prints durations: `10s`, `1m20s`, `5m0s`.
  private static String text(Duration delay) {
    return delay.toMinutes() == 0
        ? delay.toSeconds() + "s"
        : delay.toMinutes() + "m" + delay.toSecondsPart() + "s";
  }

  /// Does what a hook asks for; then tells whether it succeeded, on the loop.
  void hook(PodContainer container, Probe.Action action, Consumer<ProbeResult> then) {
    if (action instanceof Probe.Sleep(Duration duration)) {
      pod.loop.after(duration, () -> then.accept(ProbeResult.HEALTHY));
      return;
    }
    int attempt = container.restarts;
    PodSetup made = pod.present();
    RunningContainer running = container.running;
    long pid = running == null ? 0 : running.pid();
    pod.loop.work(() -> {
      ProbeResult result = pod.host.hook(pod.id, container.plan, attempt, made, pid, action);
      pod.loop.execute(() -> then.accept(result));
    });
  }
}

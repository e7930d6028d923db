package dev.ebb.node.pods;

import dev.ebb.node.Loop;
import dev.ebb.node.sandbox.RunningContainer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Ends the containers of a Pod: their preStop hooks, the signal that their image asks for, SIGKILL
/// when their time is over; the sidecars after all others, in the reverse order of their start
/// (Kubernetes's "Termination of Pods"). Only the node's loop touches it.
final class PodStop {
  // The kubelet leaves those that get no time of the rest so much.
  private static final Duration LEAST = Duration.ofSeconds(2);

  private final Pod pod;
  private final List<PodContainer> containers;
  private boolean begun;
  private boolean killing;
  private long deadline;
  private Loop.Timer timer = Loop.Timer.NONE;

  PodStop(Pod pod, List<PodContainer> containers) {
    this.pod = pod;
    this.containers = containers;
  }

  /// @param grace from now to SIGKILL
  void begin(Duration grace) {
    if (begun) {
      return;
    }
    begun = true;
    deadline = pod.loop.nanoTime() + grace.toNanos();
    timer.cancel();
    timer = pod.loop.after(grace, this::lateOnes);
    next();
  }

  /// Everything, at once.
  void kill() {
    begun = true;
    killing = true;
    timer.cancel();
    running().forEach(one -> signal(one, StopSignal.SIGKILL));
  }

  /// One that was being started when the end began.
  void launched(PodContainer container) {
    signal(container, StopSignal.SIGKILL);
  }

  /// One, that will be started again: it is unhealthy.
  void one(PodContainer container) {
    container.stopProbes();
    end(container);
    pod.loop.after(
        pod.plan.workload().terminationGrace(), killIfStill(container, container.running));
  }

  private Runnable killIfStill(
      PodContainer container, @org.jspecify.annotations.Nullable RunningContainer run) {
    return () -> {
      if (run != null && run.equals(container.running)) {
        signal(container, StopSignal.SIGKILL);
      }
    };
  }

  void ended(PodContainer container) {
    container.cancelRestart();
    if (!killing) {
      next();
    }
  }

  void over() {
    timer.cancel();
  }

  private void next() {
    List<PodContainer> first = running().filter(one -> !one.plan.sidecar()).toList();
    if (!first.isEmpty() || containers.stream().anyMatch(one -> one.starting)) {
      first.forEach(this::end);
      return;
    }
    running().toList().reversed().stream().findFirst().ifPresent(this::endSidecar);
  }

  private void endSidecar(PodContainer sidecar) {
    if (sidecar.signalled) {
      return;
    }
    end(sidecar);
    long left = Math.max(deadline - pod.loop.nanoTime(), LEAST.toNanos());
    timer.cancel();
    timer = pod.loop.after(Duration.ofNanos(left), this::lateOnes);
  }

  private void end(PodContainer container) {
    if (container.signalled) {
      return;
    }
    container.signalled = true;
    RunningContainer run = container.running;
    var hook = container.plan.container().lifecycle().preStop();
    if (hook.isEmpty()) {
      signal(container, container.plan.stopSignal());
      return;
    }
    Runnable then =
        () -> {
          if (run != null && run.equals(container.running)) {
            signal(container, container.plan.stopSignal());
          }
        };
    pod.runs().hook(container, hook.get(), ignored -> then.run());
  }

  private void lateOnes() {
    boolean onlySidecars = running().allMatch(one -> one.plan.sidecar());
    running()
        .filter(one -> !onlySidecars || one.signalled)
        .filter(one -> onlySidecars || !one.plan.sidecar())
        .toList()
        .forEach(one -> signal(one, StopSignal.SIGKILL));
  }

  private void signal(PodContainer container, int signal) {
    if (container.running != null) {
      pod.host.signal(pod.id, container.plan, container.restarts, signal);
    }
  }

  private Stream<PodContainer> running() {
    return containers.stream().filter(one -> one.running != null);
  }
}

package dev.ebb.node.pods;

import dev.ebb.dataplane.Container.Probes;
import dev.ebb.dataplane.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The probes of one run of a container: startup first, then readiness and liveness beside each
/// other. Only the node's loop touches it.
final class ContainerProbes {
  /// Why a container is not ready yet is told after so long, for it may never be. Half of the two
  /// seconds in which users are to know what is wrong.
  private static final Duration TELL = Duration.ofSeconds(1);

  private final Pod pod;
  private final PodContainer container;
  private final Consumer<Change> changes;
  private final List<ProbeLoop> loops = new ArrayList<>();
  private boolean stopped;

  /// What the probes found out.
  sealed interface Change {
    record Started() implements Change {}

    record Ready(boolean ready, String message) implements Change {}

    record Unhealthy(String message) implements Change {}
  }

  ContainerProbes(Pod pod, PodContainer container, Consumer<Change> changes) {
    this.pod = pod;
    this.container = container;
    this.changes = changes;
  }

  void start() {
    Optional<Probe> startup = probes().startup();
    if (startup.isEmpty()) {
      started();
      return;
    }
    watch(
        startup.get(),
        Optional.of(ProbeLoop.patience(startup.get())),
        verdict -> {
          loops.forEach(ProbeLoop::stop);
          loops.clear();
          if (verdict.healthy()) {
            started();
          } else {
            changes.accept(unhealthy("startup", verdict.message()));
          }
        });
  }

  void stop() {
    stopped = true;
    loops.forEach(ProbeLoop::stop);
  }

  private void started() {
    changes.accept(new Change.Started());
    if (stopped) {
      return;
    }
    probes()
        .readiness()
        .ifPresentOrElse(
            probe ->
                watch(
                    probe,
                    Optional.of(TELL),
                    verdict ->
                        changes.accept(
                            new Change.Ready(
                                verdict.healthy(),
                                verdict.healthy()
                                    ? ""
                                    : "Readiness probe failed: " + verdict.message()))),
            () -> changes.accept(new Change.Ready(true, "")));
    probes()
        .liveness()
        .ifPresent(probe ->
            watch(
                probe,
                Optional.empty(),
                verdict -> {
                  if (!verdict.healthy()) {
                    changes.accept(unhealthy("liveness", verdict.message()));
                  }
                }));
  }

  private Change unhealthy(String kind, String message) {
    return new Change.Unhealthy(
        "Container %s failed %s probe, will be restarted: %s"
            .formatted(container.plan.name(), kind, message));
  }

  private void watch(
      Probe probe, Optional<Duration> eagerFor, Consumer<ProbeLoop.Verdict> verdicts) {
    int attempt = container.restarts;
    PodSetup setup = pod.present();
    long pid = container.running == null ? 0 : container.running.pid();
    loops.add(
        new ProbeLoop(
                pod.loop,
                probe,
                one -> pod.host.probe(pod.id, container.plan, attempt, setup, pid, one),
                verdicts,
                eagerFor)
            .start());
  }

  private Probes probes() {
    return container.plan.container().probes();
  }
}

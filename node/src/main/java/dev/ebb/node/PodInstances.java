package dev.ebb.node;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.node.pods.Ends;
import dev.ebb.node.pods.Pod;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodListener;
import dev.ebb.node.pods.PodPlan;
import dev.ebb.node.pods.StandbyPod;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Runs the instances of revisions that consist of containers. Only the node's loop touches it.
final class PodInstances implements PodListener {
  private final NodeLoop loop;
  private final Roster roster;
  private final Optional<PodHost> host;
  private final InstanceEvents events;
  private final Consumer<RunningInstance> late;
  private final Outcomes outcomes;

  /// What becomes of them.
  ///
  /// @param refused no process came into being
  /// @param crashed one of its containers, which is started again
  record Outcomes(
      Consumer<RunningInstance> ready,
      BiConsumer<RunningInstance, StartRefusedException> refused,
      BiConsumer<Pod, ExitStatus> crashed,
      BiConsumer<RunningInstance, ExitStatus> ended,
      Consumer<Pod> cleanedUp) {}

  /// @param late gets each whose start took longer than its workload allows
  PodInstances(
      NodeLoop loop,
      Roster roster,
      Optional<PodHost> host,
      InstanceEvents events,
      Consumer<RunningInstance> late,
      Outcomes outcomes) {
    this.loop = loop;
    this.roster = roster;
    this.host = host;
    this.events = events;
    this.late = late;
    this.outcomes = outcomes;
  }

  void start(RunningInstance instance, PodPlan plan) {
    instance.pod = new Pod(instance.id, plan, Ends.REPLACE, host.orElseThrow(), loop, this);
    instance.pod.start();
  }

  /// With what was made ahead.
  void start(RunningInstance instance, StandbyPod ready) {
    instance.pod = new Pod(instance.id, ready.plan(), Ends.REPLACE, host.orElseThrow(), loop, this);
    instance.pod.start(ready);
  }

  /// One of an earlier server that still runs.
  RunningInstance adopt(FoundPod found, RevisionState revision, PodListener listener) {
    var record = found.record();
    var instance =
        new RunningInstance(
            record.id(), revision, record.createdAt(), record.reservation(), record.hash(), true);
    instance.pod =
        Pod.adopt(record, found.setup(), found.images(), host.orElseThrow(), loop, listener);
    return instance;
  }

  @Override
  public void changed(Pod pod) {
    roster
        .find(pod.id())
        .filter(instance -> instance.revision.workload != null)
        .ifPresent(instance -> events.changed(instance));
  }

  @Override
  public void refused(Pod pod, StartRefusedException why) {
    roster.find(pod.id()).ifPresent(instance -> outcomes.refused().accept(instance, why));
  }

  @Override
  public void created(Pod pod, long spawnedAt) {
    roster
        .find(pod.id())
        .ifPresent(instance -> {
          instance.spawnedAt = spawnedAt;
          if (!instance.stopping) {
            instance.deadline =
                loop.schedule(() -> late.accept(instance), pod.plan().workload().startTimeout());
          }
        });
  }

  @Override
  public void ready(Pod pod, long bootedAt, long listeningAt) {
    roster
        .find(pod.id())
        .filter(instance -> !instance.stopping)
        .ifPresent(instance -> {
          instance.cancelDeadline();
          instance.bootedAt = bootedAt;
          instance.listeningAt = listeningAt;
          outcomes.ready().accept(instance);
        });
  }

  @Override
  public void crashed(Pod pod, ExitStatus exit) {
    outcomes.crashed().accept(pod, exit);
  }

  @Override
  public void ended(Pod pod, ExitStatus exit) {
    roster.find(pod.id()).ifPresent(instance -> outcomes.ended().accept(instance, exit));
  }

  @Override
  public void cleanedUp(Pod pod) {
    outcomes.cleanedUp().accept(pod);
  }
}

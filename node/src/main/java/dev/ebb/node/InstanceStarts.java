package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodPlan;
import dev.ebb.node.pods.StandbyPod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/// Brings instances into being: what blocks runs beside the loop, and comes back to it. Only the
/// node's loop touches it.
final class InstanceStarts {
  private static final Logger LOG = System.getLogger(InstanceStarts.class.getName());

  private final NodeLoop loop;
  private final Roster roster;
  private final InstanceStarter starter;
  private final InstanceStops stops;
  private final ReadinessPoll readiness;
  private final ExitWatcher exits;
  private final InstanceEvents events;
  private final NodeLogs logs;
  private final NodeMetrics metrics;
  private final RandomGenerator random;
  private final BiConsumer<RunningInstance, StartRefusedException> failed;
  private final PodInstances pods;
  private final Standbys standbys;

  /// @param failed gets an instance that no process came into being for
  /// @param pods start those that consist of containers
  InstanceStarts(
      NodeLoop loop,
      Roster roster,
      InstanceStarter starter,
      InstanceStops stops,
      ReadinessPoll readiness,
      ExitWatcher exits,
      InstanceEvents events,
      NodeLogs logs,
      NodeMetrics metrics,
      RandomGenerator random,
      BiConsumer<RunningInstance, StartRefusedException> failed,
      PodInstances pods,
      Standbys standbys) {
    this.loop = loop;
    this.roster = roster;
    this.starter = starter;
    this.stops = stops;
    this.readiness = readiness;
    this.exits = exits;
    this.events = events;
    this.logs = logs;
    this.metrics = metrics;
    this.random = random;
    this.failed = failed;
    this.pods = pods;
    this.standbys = standbys;
  }

  /// For an instance that the budget has room for.
  void start(RevisionState revision, StartPlan plan) {
    var createdAt = Instant.now();
    var ready = standbys.take(revision.id, plan);
    var id = ready.map(Standby::id).orElseGet(() -> newId(revision, plan));
    var instance =
        new RunningInstance(id, revision, createdAt, plan.reservation(), plan.hash(), false);
    instance.decidedAt = revision.desiredAt == 0 ? System.nanoTime() : revision.desiredAt;
    roster.add(instance);
    metrics.started();
    if (ready.isPresent() && ready.get() instanceof StandbyPod pod) {
      pods.start(instance, pod);
      return;
    }
    switch (plan) {
      case PodPlan pod -> pods.start(instance, pod);
      case ProcessPlan process -> startProcess(instance, process);
      default -> throw new IllegalArgumentException(plan.toString());
    }
  }

  private void startProcess(RunningInstance instance, ProcessPlan plan) {
    var id = instance.id;
    loop.work(
        instance.revision.id,
        () -> {
          try {
            var started = starter.start(plan, id, instance.createdAt);
            loop.execute(() -> created(instance, started.record(), started.spawnedAt()));
          } catch (StartRefusedException e) {
            loop.execute(() -> failed.accept(instance, e));
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "cannot start " + id, e);
            loop.execute(() -> failed.accept(instance, StartRefusedException.createFailed(e)));
          }
        });
  }

  /// Has the next instance made ahead of a revision that has none and whose last one got ready.
  void prepare(RevisionState revision) {
    var plan = revision.plan;
    if (plan == null || revision.leaving) {
      standbys.discard(revision.id);
    } else if (revision.desired == 0
        && revision.instances.isEmpty()
        && plan.hash().equals(revision.proven)) {
      standbys.make(revision.id, plan, newId(revision, plan));
    }
  }

  private InstanceId newId(RevisionState revision, StartPlan plan) {
    InstanceId id;
    do {
      id = InstanceNames.next(revision.id.name(), plan.hash(), random);
    } while (roster.find(id).isPresent());
    return id;
  }

  private void created(RunningInstance instance, InstanceRecord record, long spawnedAt) {
    instance.record = record;
    instance.spawnedAt = spawnedAt;
    roster.addProcess(instance, record.pid());
    logs.opened(record.revision(), record.id());
    events.phaseChanged(instance, Optional.empty());
    exits.watch(record.pid());
    if (instance.stopping) {
      stops.terminate(instance);
    } else {
      readiness.await(instance);
    }
  }
}

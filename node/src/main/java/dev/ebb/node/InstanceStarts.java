package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.pods.PodPlan;
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
      PodInstances pods) {
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
  }

  /// For an instance that the budget has room for.
  void start(RevisionState revision, StartPlan plan) {
    var createdAt = Instant.now();
    var id = newId(revision, plan);
    var instance =
        new RunningInstance(id, revision, createdAt, plan.reservation(), plan.hash(), false);
    instance.decidedAt = revision.desiredAt == 0 ? System.nanoTime() : revision.desiredAt;
    roster.add(instance);
    metrics.started();
    switch (plan) {
      case PodPlan pod -> pods.start(instance, pod);
      case ProcessPlan process -> startProcess(instance, process);
      default -> throw new IllegalArgumentException(plan.toString());
    }
  }

  private void startProcess(RunningInstance instance, ProcessPlan plan) {
    var id = instance.id;
    loop.work(() -> {
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

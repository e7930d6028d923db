package dev.ebb.node;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.InstanceTraffic;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import dev.ebb.node.pods.PodHost;
import dev.ebb.node.pods.PodPlan;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// Makes the instances of each revision as many as are wanted.
///
/// Level-triggered: whatever happens (a new count, an exit, room in the budget, the end of a wait)
/// ends in [#reconcile], which compares what is wanted with what there is. All methods run on the
/// node's loop, so nothing here is locked; what blocks runs on a virtual thread and comes back as a
/// task of the loop. The life of an instance:
///
/// ```
/// start -> (worker: create) -> created -> (poll: boot, listening) -> READY
///       -> stop: DRAINING, drain, SIGTERM, SIGKILL -> ended -> (worker: clean up) -> forgotten
/// ```
final class Fleet {
  private static final Logger LOG = System.getLogger(Fleet.class.getName());

  private final NodeConfig config;
  private final NodeLoop loop;
  private final InstanceEvents events;
  private final NodeMetrics metrics;
  private final Roster roster = new Roster();
  private final BudgetQueue budget;
  private final Preparation preparation;
  private final ReadinessPoll readiness;
  private final InstanceStarts starts;
  private final InstanceStops stops;
  private final InstanceExits ends;
  private final Adoption adoption;
  private final PodInstances pods;
  private final StandalonePods alone;
  private final Standbys standbys;
  private boolean closing;

  Fleet(
      NodeConfig config,
      NodeLoop loop,
      Planner planner,
      InstanceStarter starter,
      InstanceCleaner cleaner,
      Sandbox sandbox,
      ExitWatcher exits,
      InstanceTraffic traffic,
      InstanceEvents events,
      NodeLogs logs,
      NodeMetrics metrics,
      RandomGenerator random,
      Optional<PodHost> host) {
    this.config = config;
    this.loop = loop;
    this.events = events;
    this.metrics = metrics;
    budget =
        new BudgetQueue(
            new MachineBudget(config.budget().maxInstances(), config.budget().memoryBytes()));
    preparation = new Preparation(loop, planner, this::prepared);
    stops = new InstanceStops(loop, sandbox, traffic, events, config.timeouts());
    readiness =
        new ReadinessPoll(loop, this::ready, instance -> stops.kill(instance, "StartTimeout"));
    standbys =
        new Standbys(
            loop,
            new StandbyMaker(host),
            config.budget().standbys(),
            metrics::standbys,
            this::standbysAreDone);
    ends = new InstanceExits(loop, roster, cleaner, events, logs, metrics, standbys::isIdle);
    pods =
        new PodInstances(
            loop,
            roster,
            host,
            events,
            instance -> stops.kill(instance, "StartTimeout"),
            new PodInstances.Outcomes(
                this::ready,
                this::notCreated,
                ends::crashed,
                this::ended,
                instance -> ends.cleanedUp()));
    starts =
        new InstanceStarts(
            loop,
            roster,
            starter,
            stops,
            readiness,
            exits,
            events,
            logs,
            metrics,
            random,
            this::notCreated,
            pods,
            standbys);
    adoption = new Adoption(roster, budget, readiness, exits, events, logs);
    alone =
        new StandalonePods(
            loop, roster, planner, budget, host, events, stops, ends, this::startWaiting);
  }

  // --- what is asked for

  void register(Workload workload) {
    var revision = roster.revision(workload.revision());
    boolean first = revision.workload == null;
    boolean changed = !workload.equals(revision.workload);
    revision.leaving = false;
    if (!changed && (revision.plan != null || revision.refusal == null)) {
      return;
    }
    revision.workload = workload;
    if (changed) {
      revision.backoff.reset();
      revision.told = false;
      revision.rest = null;
    }
    preparation.prepare(revision);
    if (first) {
      adoption.publish(revision);
    }
  }

  void unregister(RevisionId id) {
    roster
        .find(id)
        .ifPresent(revision -> {
          revision.leaving = true;
          scale(id, 0, System.nanoTime());
          forgetIfGone(revision);
        });
  }

  /// @param askedAt when the caller asked, for the measure of the start
  void scale(RevisionId id, int count, long askedAt) {
    if (count == 0 && roster.find(id).isEmpty()) {
      return;
    }
    var revision = roster.revision(id);
    if (count > 0) {
      // Somebody waits who was not told.
      revision.told = false;
      if (revision.rest != null && System.nanoTime() - revision.restsUntil >= 0) {
        revision.rest = null;
      }
    }
    if (count != revision.desired) {
      revision.desired = count;
      revision.desiredAt = askedAt;
    }
    if (count == 0) {
      revision.cancelRetry();
      revision.backoff.reset();
    }
    reconcile(revision);
    startWaiting();
  }

  /// Of no revision.
  void run(InstanceId id, Workload workload) {
    if (!closing) {
      alone.run(id, workload);
    }
  }

  void stop(InstanceId id, Optional<Duration> grace) {
    if (alone.stop(id, grace)) {
      return;
    }
    roster
        .find(id)
        .ifPresent(instance -> {
          readiness.leave(instance);
          stops.stop(instance, grace);
          reconcile(instance.revision);
        });
  }

  /// Because it misbehaves.
  void kill(InstanceId id, String reason) {
    roster.find(id).ifPresent(instance -> stops.kill(instance, reason));
  }

  /// Completes when the fleet is closed and the last instance cleaned up. For any thread.
  CompletableFuture<Void> whenEmpty() {
    return ends.whenEmpty();
  }

  /// Stops everything and starts nothing any more.
  void close() {
    closing = true;
    roster.revisions().forEach(RevisionState::cancelRetry);
    standbys.discardAll();
    roster
        .instances()
        .forEach(one -> {
          if (!alone.stop(one.id, Optional.empty())) {
            stop(one);
          }
        });
    ends.close();
  }

  void killAll() {
    closing = true;
    standbys.discardAll();
    roster
        .instances()
        .forEach(one -> {
          if (one.pod == null) {
            alone.stop(one.id, Optional.empty());
          }
          stops.killNow(one);
        });
    ends.close();
  }

  /// Instances that run and are held to a memory limit.
  List<InstanceRecord> limited() {
    return roster.limited();
  }

  // --- adoption

  /// An instance of an earlier server that still runs.
  void adopt(InstanceRecord record) {
    var instance = adoption.adopt(record);
    if (config.instancesEndWithServer()) {
      stop(instance);
    }
  }

  void adopt(FoundPod found) {
    var record = found.record();
    boolean isAlone = record.alone();
    var revision =
        isAlone ? new RevisionState(record.revision()) : roster.revision(record.revision());
    var instance = pods.adopt(found, revision, isAlone ? alone : pods);
    if (isAlone) {
      alone.adopt(instance);
    } else {
      adoption.adopt(instance);
    }
    if (config.instancesEndWithServer()) {
      stop(instance.id, Optional.empty());
    }
  }

  /// Ends adopted instances whose revision nobody registered.
  void endOrphans() {
    alone.endOrphans();
    for (var revision : roster.revisions()) {
      if (revision.workload == null) {
        LOG.log(Level.INFO, "stopping instances of {0}, which is gone", revision.id);
        scale(revision.id, 0, System.nanoTime());
      }
    }
  }

  // --- what happened

  private void prepared(RevisionState revision) {
    var why = revision.refusal;
    if (why != null && !why.lasting() && revision.desired > 0 && !closing) {
      refuse(revision, why);
      retryAfter(revision, revision.backoff.failedToStart());
    }
    if (revision.plan instanceof PodPlan known) {
      revision.instances.stream()
          .flatMap(one -> Stream.ofNullable(one.pod))
          .forEach(pod -> pod.planned(known));
    }
    reconcile(revision);
    startWaiting();
  }

  private void notCreated(RunningInstance instance, StartRefusedException why) {
    remove(instance);
    ends.completeWhenEmpty();
    var revision = instance.revision;
    refuse(revision, why);
    if (!instance.stopping && revision.retry == null) {
      retryAfter(revision, revision.backoff.failedToStart());
    }
    startWaiting();
    reconcile(revision);
  }

  private void ready(RunningInstance instance) {
    instance.becomeReady(System.nanoTime());
    instance.revision.proven = instance.hash;
    events.phaseChanged(instance, Optional.empty());
    instance.startup.ifPresent(metrics::ready);
    // It may have come for an outdated one.
    reconcile(instance.revision);
  }

  /// The first process of an instance ended.
  void ended(long pid) {
    roster
        .removeProcess(pid)
        .ifPresent(instance -> {
          readiness.leave(instance);
          remove(instance);
          afterEnd(instance, ends.ended(instance));
        });
  }

  /// Nothing of a Pod runs any more.
  private void ended(RunningInstance instance, ExitStatus exit) {
    remove(instance);
    ends.ended(instance, exit);
    afterEnd(instance, exit);
  }

  private void remove(RunningInstance instance) {
    roster.remove(instance);
    budget.release(instance.reservation);
  }

  private void afterEnd(RunningInstance instance, ExitStatus exit) {
    if (!instance.stopping) {
      delayReplacement(instance, exit);
    }
    startWaiting();
    reconcile(instance.revision);
  }

  private void delayReplacement(RunningInstance instance, ExitStatus exit) {
    var revision = instance.revision;
    var rest = UserError.rest(instance, exit);
    if (rest.isPresent()) {
      revision.rest = rest.get();
      revision.restsUntil = System.nanoTime() + UserError.REST.toNanos();
      revision.told = true; // by its end
      return;
    }
    var delay =
        instance.wasReady()
            ? revision.backoff.crashed(Duration.ofNanos(System.nanoTime() - instance.readyAt))
            : revision.backoff.failedToStart();
    revision.desiredAt = 0;
    if (!delay.isZero() && revision.retry == null && !closing) {
      retryAfter(revision, delay);
    }
  }

  // --- bringing about what is wanted

  private void reconcile(RevisionState revision) {
    if (closing) {
      return;
    }
    var step =
        Rollout.step(
            revision.desired,
            revision.count(one -> !revision.isOutdated(one)),
            revision.count(one -> !revision.isOutdated(one) && one.phase == Phase.READY),
            revision.count(revision::isOutdated));
    stopLeastBusy(revision, revision::isOutdated, step.stopOutdated());
    stopLeastBusy(revision, one -> !revision.isOutdated(one), step.stopCurrent());
    if (step.start() == 0
        || revision.retry != null
        || revision.refusal != null
        || revision.rest != null) {
      // Nobody waits behind a revision that would not use the room.
      budget.leave(revision);
    }
    if (step.start() > 0 && revision.retry == null) {
      start(revision, step);
    }
    starts.prepare(revision);
    forgetIfGone(revision);
  }

  private void standbysAreDone() {
    ends.completeWhenEmpty();
  }

  private void start(RevisionState revision, Rollout step) {
    var refusal = revision.rest == null ? revision.refusal : revision.rest;
    var plan = revision.plan;
    if (refusal != null && (refusal.lasting() || revision.rest != null)) {
      if (!revision.told) {
        revision.told = true;
        refuse(revision, refusal);
      }
    } else if (refusal != null) {
      preparation.prepare(revision);
    } else if (plan != null) {
      startWithinBudget(revision, plan, step);
    }
  }

  private void startWithinBudget(RevisionState revision, StartPlan plan, Rollout step) {
    for (int left = step.start(); left > 0; left--) {
      if (!budget.tryReserve(revision, plan.reservation())) {
        boolean waitsNow = budget.await(revision);
        if (left == 1 && step.surge()) {
          makeRoom(revision, plan);
        } else if (waitsNow) {
          refuse(
              revision,
              new StartRefusedException(
                  "MachineBudgetExceeded", budget.describe(plan.reservation()), false));
        }
        return;
      }
      starts.start(revision, plan);
      if (left > 1) {
        budget.goToTheEnd(revision);
      }
    }
    budget.leave(revision);
  }

  /// There is no room for an old and a new instance at once: the old one goes first.
  private void makeRoom(RevisionState revision, StartPlan plan) {
    boolean underWay = revision.instances.stream().anyMatch(one -> one.stopping);
    if (!underWay && budget.isFirst(revision)) {
      stopLeastBusy(
          revision,
          one ->
              revision.isOutdated(one) && budget.fitsInsteadOf(one.reservation, plan.reservation()),
          1);
    }
  }

  private void stopLeastBusy(RevisionState revision, Predicate<RunningInstance> which, int count) {
    if (count > 0) {
      stops.leastBusy(revision.instances.stream().filter(which), count).forEach(this::stop);
    }
  }

  /// Room came: the first that waits takes it.
  private void startWaiting() {
    for (var first = budget.first(); first.isPresent(); ) {
      if (!alone.roomCame(first.get())) {
        reconcile(first.get());
      }
      var next = budget.first();
      if (next.equals(first)) {
        return;
      }
      first = next;
    }
  }

  private void stop(RunningInstance instance) {
    readiness.leave(instance);
    stops.stop(instance, Optional.empty());
  }

  private void retryAfter(RevisionState revision, Duration delay) {
    revision.cancelRetry();
    revision.retry =
        loop.schedule(
            () -> {
              revision.retry = null;
              revision.desiredAt = 0;
              reconcile(revision);
            },
            delay);
  }

  private void refuse(RevisionState revision, StartRefusedException why) {
    metrics.refused(why.reason());
    LOG.log(Level.WARNING, "{0}: {1}: {2}", revision.id, why.reason(), why.text());
    events.tell(
        new InstanceEvent.StartRefused(revision.id, why.reason(), why.text(), why.permanent()));
  }

  private void forgetIfGone(RevisionState revision) {
    if (revision.leaving && revision.instances.isEmpty()) {
      budget.leave(revision);
      roster.forget(revision);
      preparation.forget(revision);
    }
  }
}

package dev.ebb.node;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceEvent;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.InstanceTraffic;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.dataplane.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

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

  // Knative probes each second, which adds half a second to a cold start; a stat(2) and a failed
  // connect(2) each millisecond cost under a hundredth of a core while an instance starts.
  private static final Duration POLL = Duration.ofMillis(1);

  private final NodeConfig config;
  private final NodeLoop loop;
  private final Planner planner;
  private final InstanceStarter starter;
  private final InstanceCleaner cleaner;
  private final Sandbox sandbox;
  private final ExitWatcher exits;
  private final InstanceTraffic traffic;
  private final InstanceEvents events;
  private final NodeLogs logs;
  private final NodeMetrics metrics;
  private final MachineBudget budget;
  private final RandomGenerator random;

  private final Map<RevisionId, RevisionState> revisions = new HashMap<>();
  private final Map<InstanceId, RunningInstance> instances = new HashMap<>();
  private final Map<Long, RunningInstance> byPid = new HashMap<>();
  private final Set<RunningInstance> starting = new LinkedHashSet<>();
  private final Set<RevisionState> waiting = new LinkedHashSet<>();
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private int cleaning;
  private boolean polling;
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
      RandomGenerator random) {
    this.config = config;
    this.loop = loop;
    this.planner = planner;
    this.starter = starter;
    this.cleaner = cleaner;
    this.sandbox = sandbox;
    this.exits = exits;
    this.traffic = traffic;
    this.events = events;
    this.logs = logs;
    this.metrics = metrics;
    this.random = random;
    budget = new MachineBudget(config.maxInstances(), config.memoryBytes());
  }

  // --- what is asked for

  void register(Workload workload) {
    var revision = revisions.computeIfAbsent(workload.revision(), RevisionState::new);
    boolean first = revision.workload == null;
    boolean changed = !workload.equals(revision.workload);
    revision.leaving = false;
    if (!changed && (revision.plan != null || revision.refusal == null)) {
      return;
    }
    revision.workload = workload;
    if (changed) {
      revision.backoff.reset();
    }
    prepare(revision);
    if (first) {
      revision.instances.stream()
          .filter(one -> one.adopted && !one.stopping)
          .forEach(this::publishAdopted);
    }
  }

  void unregister(RevisionId id) {
    var revision = revisions.get(id);
    if (revision != null) {
      revision.leaving = true;
      scale(id, 0, System.nanoTime());
      forgetIfGone(revision);
    }
  }

  /// @param askedAt when the caller asked, for the measure of the start
  void scale(RevisionId id, int count, long askedAt) {
    if (count == 0 && !revisions.containsKey(id)) {
      return;
    }
    var revision = revisions.computeIfAbsent(id, RevisionState::new);
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

  void stop(InstanceId id) {
    var instance = instances.get(id);
    if (instance != null) {
      stop(instance);
      reconcile(instance.revision);
    }
  }

  /// Completes when the fleet is closed and the last instance cleaned up. For any thread.
  CompletableFuture<Void> whenEmpty() {
    return empty;
  }

  /// Stops everything and starts nothing any more.
  void close() {
    closing = true;
    revisions.values().forEach(RevisionState::cancelRetry);
    List.copyOf(instances.values()).forEach(this::stop);
    completeWhenEmpty();
  }

  void killAll() {
    closing = true;
    for (var instance : List.copyOf(instances.values())) {
      instance.stopping = true;
      kill(instance);
    }
    completeWhenEmpty();
  }

  // --- adoption

  /// An instance of an earlier server that still runs.
  void adopt(InstanceRecord record) {
    var revision = revisions.computeIfAbsent(record.revision(), RevisionState::new);
    var instance =
        new RunningInstance(record.id(), revision, record.createdAt(), record.reservation(), true);
    instance.record = record;
    budget.reserve(record.reservation());
    revision.desired++;
    hold(instance);
    byPid.put(record.pid(), instance);
    logs.opened(record.revision(), record.id());
    exits.watch(record.pid());
    if (config.instancesEndWithServer()) {
      stop(instance);
    }
  }

  /// Ends adopted instances whose revision nobody registered.
  void endOrphans() {
    for (var revision : List.copyOf(revisions.values())) {
      if (revision.workload == null) {
        LOG.log(Level.INFO, "stopping instances of {0}, which is gone", revision.id);
        scale(revision.id, 0, System.nanoTime());
      }
    }
  }

  private void publishAdopted(RunningInstance instance) {
    if (Readiness.isListening(instance.present().socket())) {
      instance.becomeReady(System.nanoTime());
      events.phaseChanged(instance, Optional.empty());
    } else {
      awaitReady(instance);
    }
  }

  // --- bringing about what is wanted

  private void prepare(RevisionState revision) {
    var workload = revision.workload;
    if (workload == null) {
      return;
    }
    revision.plan = null;
    revision.refusal = null;
    revision.cancelRetry();
    loop.work(() -> {
      try {
        var plan = planner.plan(workload);
        loop.execute(() -> prepared(revision, workload, plan));
      } catch (StartRefusedException e) {
        loop.execute(() -> notPrepared(revision, workload, e));
      } catch (RuntimeException e) {
        var refusal = StartRefusedException.createFailed(e);
        loop.execute(() -> notPrepared(revision, workload, refusal));
      }
    });
  }

  private void prepared(RevisionState revision, Workload workload, StartPlan plan) {
    if (workload.equals(revision.workload)) {
      revision.plan = plan;
      reconcile(revision);
      startWaiting();
    }
  }

  private void notPrepared(RevisionState revision, Workload workload, StartRefusedException why) {
    if (workload.equals(revision.workload)) {
      revision.refusal = why;
      if (revision.desired > 0 && !closing) {
        refuse(revision, why);
        if (!why.reason().equals("ImageNotSupported")) {
          retryAfter(revision, revision.backoff.failedToStart());
        }
      }
    }
  }

  private void reconcile(RevisionState revision) {
    if (closing) {
      return;
    }
    int missing = revision.desired - (int) revision.active();
    if (missing <= 0 || revision.retry != null || revision.refusal != null) {
      // Nobody waits behind a revision that would not use the room.
      waiting.remove(revision);
    }
    if (missing < 0) {
      leastBusy(revision, -missing).forEach(this::stop);
    } else if (missing > 0 && revision.workload != null && revision.retry == null) {
      if (revision.refusal != null) {
        prepare(revision);
      } else if (revision.plan != null) {
        startWithinBudget(revision, revision.plan, missing);
      }
    }
    forgetIfGone(revision);
  }

  private void startWithinBudget(RevisionState revision, StartPlan plan, int count) {
    for (int i = 0; i < count; i++) {
      boolean first = waiting.isEmpty() || waiting.iterator().next().equals(revision);
      if (!first || !budget.tryReserve(plan.reservation())) {
        if (waiting.add(revision)) {
          refuseForBudget(revision, plan);
        }
        return;
      }
      start(revision, plan);
    }
    waiting.remove(revision);
  }

  private void refuseForBudget(RevisionState revision, StartPlan plan) {
    boolean never = !budget.couldEverFit(plan.reservation());
    if (never) {
      // Waiting would only keep others from what they can have.
      waiting.remove(revision);
    }
    refuse(
        revision,
        new StartRefusedException(
            "MachineBudgetExceeded", budget.describe(plan.reservation()), never));
  }

  /// Room came: the first that waits takes it, so that small revisions cannot starve a large one.
  private void startWaiting() {
    while (!waiting.isEmpty()) {
      var first = waiting.iterator().next();
      reconcile(first);
      if (!waiting.isEmpty() && waiting.iterator().next().equals(first)) {
        return;
      }
    }
  }

  private void start(RevisionState revision, StartPlan plan) {
    var createdAt = Instant.now();
    InstanceId id;
    do {
      id = InstanceNames.next(revision.id.name(), plan.hash(), random);
    } while (instances.containsKey(id));
    var instance = new RunningInstance(id, revision, createdAt, plan.reservation(), false);
    instance.decidedAt = revision.desiredAt == 0 ? System.nanoTime() : revision.desiredAt;
    hold(instance);
    metrics.started();
    loop.work(() -> {
      try {
        var record = starter.start(plan, instance.id, createdAt);
        long spawnedAt = System.nanoTime();
        loop.execute(() -> created(instance, record, spawnedAt));
      } catch (StartRefusedException e) {
        loop.execute(() -> notCreated(instance, e));
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "cannot start " + instance.id, e);
        loop.execute(() -> notCreated(instance, StartRefusedException.createFailed(e)));
      }
    });
  }

  private void created(RunningInstance instance, InstanceRecord record, long spawnedAt) {
    instance.record = record;
    instance.spawnedAt = spawnedAt;
    byPid.put(record.pid(), instance);
    logs.opened(record.revision(), record.id());
    events.phaseChanged(instance, Optional.empty());
    exits.watch(record.pid());
    if (instance.stopping) {
      terminate(instance);
    } else {
      awaitReady(instance);
    }
  }

  private void notCreated(RunningInstance instance, StartRefusedException why) {
    drop(instance);
    completeWhenEmpty();
    var revision = instance.revision;
    refuse(revision, why);
    if (!instance.stopping && revision.retry == null) {
      retryAfter(revision, revision.backoff.failedToStart());
    }
    startWaiting();
    reconcile(revision);
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

  // --- readiness

  private void awaitReady(RunningInstance instance) {
    var workload = instance.revision.workload;
    if (workload != null) {
      instance.deadline = loop.schedule(() -> startTimedOut(instance), workload.startTimeout());
    }
    starting.add(instance);
    if (!polling) {
      polling = true;
      poll();
    }
  }

  private void poll() {
    for (var instance : List.copyOf(starting)) {
      var socket = instance.present().socket();
      if (instance.bootedAt == 0 && Files.exists(NodePaths.boot(socket))) {
        instance.bootedAt = System.nanoTime();
      }
      if (instance.listeningAt == 0 && Files.exists(socket)) {
        instance.listeningAt = System.nanoTime();
      }
      if (instance.listeningAt != 0 && Readiness.isListening(socket)) {
        ready(instance);
      }
    }
    polling = !starting.isEmpty();
    if (polling) {
      loop.later(this::poll, POLL);
    }
  }

  private void ready(RunningInstance instance) {
    starting.remove(instance);
    instance.cancelDeadline();
    instance.becomeReady(System.nanoTime());
    events.phaseChanged(instance, Optional.empty());
    instance.startup.ifPresent(metrics::ready);
  }

  private void startTimedOut(RunningInstance instance) {
    if (starting.remove(instance)) {
      instance.killReason = "StartTimeout";
      kill(instance);
    }
  }

  // --- the end

  /// Those that do the least: not yet ready ones, the youngest first, then the least busy.
  private List<RunningInstance> leastBusy(RevisionState revision, int count) {
    return revision.instances.stream()
        .filter(instance -> !instance.stopping)
        .sorted(
            comparingInt((RunningInstance one) -> one.wasReady() ? 1 : 0)
                .thenComparingInt(one -> one.wasReady() ? traffic.inFlight(one.id) : 0)
                .thenComparing(comparing(one -> one.createdAt, Comparator.reverseOrder())))
        .limit(count)
        .toList();
  }

  private void stop(RunningInstance instance) {
    if (instance.stopping) {
      return;
    }
    instance.stopping = true;
    starting.remove(instance);
    instance.cancelDeadline();
    if (!instance.exists()) {
      return;
    }
    if (instance.phase != Phase.READY) {
      terminate(instance);
      return;
    }
    instance.phase = Phase.DRAINING;
    events.phaseChanged(instance, Optional.empty());
    instance.deadline = loop.schedule(() -> terminate(instance), config.drainTimeout());
    try {
      var ignored =
          traffic
              .drain(instance.id)
              .whenComplete((done, failure) -> loop.execute(() -> terminate(instance)));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot drain " + instance.id + "; stopping it at once", e);
      terminate(instance);
    }
  }

  private void terminate(RunningInstance instance) {
    if (instance.terminated || instance.phase == Phase.EXITED) {
      return;
    }
    instance.terminated = true;
    instance.cancelDeadline();
    var record = instance.present();
    sandbox.signal(record.pid(), Linux.SIGTERM);
    instance.deadline = loop.schedule(() -> kill(instance), record.terminationGrace());
  }

  void kill(InstanceId id, String reason) {
    var instance = instances.get(id);
    if (instance != null) {
      instance.killReason = reason;
      kill(instance);
    }
  }

  private void kill(RunningInstance instance) {
    if (instance.exists() && instance.phase != Phase.EXITED) {
      sandbox.signal(instance.present().pid(), Linux.SIGKILL);
    }
  }

  /// The first process of an instance ended.
  void ended(long pid) {
    var instance = byPid.remove(pid);
    if (instance == null) {
      return;
    }
    starting.remove(instance);
    instance.cancelDeadline();
    drop(instance);
    instance.phase = Phase.EXITED;
    var exit = exitStatus(instance, pid);
    if (!instance.stopping) {
      metrics.crashed();
      LOG.log(
          Level.WARNING, "{0} ended: {1}, exit code {2}", instance.id, exit.reason(), exit.code());
    }
    if (instance.adopted && instance.revision.workload == null) {
      instance.startup = Optional.empty();
    } else {
      events.phaseChanged(instance, Optional.of(exit));
    }
    cleanUp(instance);
    if (!instance.stopping) {
      replace(instance);
    }
    startWaiting();
    reconcile(instance.revision);
  }

  private void replace(RunningInstance instance) {
    var revision = instance.revision;
    var delay =
        instance.wasReady()
            ? revision.backoff.crashed(Duration.ofNanos(System.nanoTime() - instance.readyAt))
            : revision.backoff.failedToStart();
    revision.desiredAt = 0;
    if (!delay.isZero() && revision.retry == null && !closing) {
      retryAfter(revision, delay);
    }
  }

  private ExitStatus exitStatus(RunningInstance instance, long pid) {
    var exit = Linux.peekExit(pid).orElse(new Linux.Exit(-1, 0));
    String reason;
    if (!instance.killReason.isEmpty()) {
      reason = instance.killReason;
    } else if (instance.stopping) {
      reason = "Stopped";
    } else if (exit.code() < 0) {
      reason = "Unknown";
    } else {
      reason = exit.code() == 0 ? "Completed" : "Error";
    }
    return new ExitStatus(
        exit.code(), exit.signal(), reason, logs.lastLines(instance.revision.id, instance.id));
  }

  private void cleanUp(RunningInstance instance) {
    var record = instance.present();
    cleaning++;
    loop.work(() -> {
      try {
        cleaner.cleanUp(record);
      } finally {
        logs.closed(record.id());
        loop.execute(() -> {
          cleaning--;
          completeWhenEmpty();
        });
      }
    });
  }

  private void hold(RunningInstance instance) {
    instances.put(instance.id, instance);
    instance.revision.instances.add(instance);
  }

  private void drop(RunningInstance instance) {
    instances.remove(instance.id);
    instance.revision.instances.remove(instance);
    budget.release(instance.reservation);
  }

  private void forgetIfGone(RevisionState revision) {
    if (revision.leaving && revision.instances.isEmpty()) {
      waiting.remove(revision);
      revisions.remove(revision.id, revision);
    }
  }

  private void completeWhenEmpty() {
    if (closing && instances.isEmpty() && cleaning == 0) {
      empty.complete(null);
    }
  }

  /// Instances that run and are held to a limit.
  List<InstanceRecord> limited() {
    var limited = new ArrayList<InstanceRecord>();
    for (var instance : byPid.values()) {
      if (instance.present().memoryLimit() > 0) {
        limited.add(instance.present());
      }
    }
    return limited;
  }
}

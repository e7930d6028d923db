package dev.ebb.node.pods;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import dev.ebb.node.Loop;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.RunningContainer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The life of one instance that consists of containers. Only the node's loop touches it; what
/// blocks is done by a [PodHost] beside the loop.
///
/// ```
/// set up (network, volumes) -> init containers, one after the other -> all containers
///   -> stop: preStop, SIGTERM, SIGKILL; sidecars last -> ended -> clean up
/// ```
///
/// Level-triggered: whatever happens to a container ends in [#step], which starts what is to run
/// and does not.
public final class Pod {
  private static final Logger LOG = System.getLogger(Pod.class.getName());

  /// They take a second together: who waits for the instance is told soon if they were in vain.
  private static final int EARLY_RESTARTS = 2;

  enum Stage {
    NEW,
    SETTING_UP,
    RUNNING,
    STOPPING,
    ENDED
  }

  final InstanceId id;
  PodPlan plan;
  final PodHost host;
  final Loop loop;
  private final PodListener listener;
  private RestartPolicy policy;
  final Ends ends;
  private final List<PodContainer> containers;
  private final PodContainers group;
  final PodStop stop;
  private final PodRuns runs;
  private final PodStart start;
  private final PodRecorder recorder;
  private final PodRefresh refresh;
  final Instant createdAt;

  /// False for an adopted one until its workload is known again: nothing is started before.
  private boolean planned = true;

  Stage stage = Stage.NEW;
  @Nullable PodSetup setup;

  private boolean created;
  private boolean wasReady;
  private boolean cleaning;
  private @Nullable PodContainer cause;

  public Pod(
      InstanceId id, PodPlan plan, Ends ends, PodHost host, Loop loop, PodListener listener) {
    this(
        id,
        plan,
        ends,
        host,
        loop,
        listener,
        loop.now(),
        plan.containers().stream().map(one -> new PodContainer(one, ends.backoff)).toList());
  }

  private Pod(
      InstanceId id,
      PodPlan plan,
      Ends ends,
      PodHost host,
      Loop loop,
      PodListener listener,
      Instant createdAt,
      List<PodContainer> containers) {
    this.id = id;
    this.plan = plan;
    this.ends = ends;
    this.host = host;
    this.loop = loop;
    this.listener = listener;
    this.createdAt = createdAt;
    this.containers = containers;
    group = new PodContainers(containers);
    policy = plan.workload().pod().restartPolicy();
    stop = new PodStop(this, containers);
    runs = new PodRuns(this, containers);
    start = new PodStart(this, containers, listener);
    recorder = new PodRecorder(this, containers);
    refresh = new PodRefresh(this);
  }

  /// One that an earlier server started and that still runs.
  ///
  /// @param setup of the earlier server
  /// @param images a hold of them that is the Pod's from now on
  public static Pod adopt(
      PodRecord record,
      PodSetup setup,
      ImageLease images,
      PodHost host,
      Loop loop,
      PodListener listener) {
    PodPlan plan = Adopted.plan(record, images);
    Ends ends = record.alone() ? Ends.RESTART : Ends.REPLACE;
    List<PodContainer> containers = Adopted.containers(record, plan);
    var pod =
        new Pod(record.id(), plan, ends, host, loop, listener, record.createdAt(), containers);
    pod.setup = setup;
    pod.planned = false;
    pod.created = true;
    pod.stage = Stage.RUNNING;
    pod.wasReady = pod.isReady();
    return pod;
  }

  /// Watches the processes of an adopted one, also those that have ended meanwhile.
  public void watch() {
    for (PodContainer container : containers) {
      RunningContainer running = container.running;
      if (running != null) {
        host.processes().watch(this, running.pid());
      }
    }
  }

  /// The workload of an adopted one is known again, and it is what runs.
  public void planned(PodPlan known) {
    if (planned || stage != Stage.RUNNING || !known.hash().equals(plan.hash())) {
      return;
    }
    planned = true;
    known.lease().hold();
    plan.lease().letGo();
    plan = known;
    policy = known.workload().pod().restartPolicy();
    refresh.start();
    for (PodContainer container : containers) {
      known.containers().stream()
          .filter(one -> one.name().equals(container.plan.name()))
          .forEach(one -> container.plan = one);
      if (container.running != null && !container.ending) {
        runs.probe(container);
      }
    }
    step();
  }

  /// Nothing of it exists, and nothing is under way.
  public boolean isIdle() {
    return stage == Stage.NEW;
  }

  // --- what is asked for

  public void start() {
    if (stage == Stage.NEW) {
      start.begin();
    }
  }

  /// Starts with what was made ahead for it, which is the Pod's from now on.
  public void start(StandbyPod ready) {
    start.begin(ready);
  }

  /// Lets it end in order. Idempotent.
  public void terminate(Duration grace) {
    if (stage == Stage.NEW || stage == Stage.ENDED) {
      return;
    }
    if (stage != Stage.STOPPING) {
      stopStarting();
    }
    stop.begin(grace);
    endIfOver();
  }

  /// Kills everything.
  ///
  /// @param reason for the exit status, when it is a failure; else empty
  public void kill(String reason) {
    if (stage == Stage.NEW || stage == Stage.ENDED) {
      return;
    }
    if (stage != Stage.STOPPING) {
      stopStarting();
    }
    if (!reason.isEmpty()) {
      containers.stream()
          .filter(one -> one.running != null)
          .forEach(one -> one.killReason = reason);
    }
    stop.kill();
    endIfOver();
  }

  // --- what there is to see

  public InstanceId id() {
    return id;
  }

  public PodPlan plan() {
    return plan;
  }

  public List<ContainerState> states() {
    return group.states();
  }

  /// Empty while it has none.
  public String ip() {
    return setup == null ? "" : setup.ip();
  }

  /// Where requests go; empty for a worker, and before there is a network.
  public Optional<SocketAddress> address() {
    return Optional.ofNullable(setup).flatMap(made -> made.address(plan.port()));
  }

  /// Of the container that takes requests; 0 while it does not run.
  public long pid() {
    return group.mainPid();
  }

  /// All its containers are ready now.
  public boolean isReady() {
    return group.isReady();
  }

  /// First processes that run.
  public List<Long> pids() {
    return group.pids();
  }

  // --- starting

  /// Its network, files and volumes are there.
  void setUp(PodSetup made) {
    setup = made;
    if (stage == Stage.SETTING_UP) {
      stage = Stage.RUNNING;
      refresh.start();
      step();
    } else {
      endIfOver();
    }
  }

  /// Starts what is to run and does not.
  void step() {
    if (stage != Stage.RUNNING || !planned) {
      return;
    }
    for (PodContainer one : containers) {
      if (!one.plan.init() || one.finished) {
        continue;
      }
      if (one.idle()) {
        runs.launch(one, group.sandbox());
      }
      if (!(one.plan.sidecar() && one.started)) {
        return;
      }
    }
    start.standby = null;
    for (PodContainer one : group.mains().filter(PodContainer::idle).toList()) {
      // The others join the namespaces of the first, so it must be there.
      if (group.sandbox().isEmpty() && containers.stream().anyMatch(other -> other.starting)) {
        return;
      }
      runs.launch(one, group.sandbox());
    }
  }

  /// Unless there was no run at all, a failed start counts as one that ended at once.
  void notLaunched(PodContainer container, StartRefusedException why) {
    container.starting = false;
    if (stage == Stage.STOPPING) {
      endIfOver();
      return;
    }
    boolean nothingRuns = group.noneExists();
    if (ends == Ends.REPLACE && !created && nothingRuns) {
      refuse(why);
      return;
    }
    boolean goesOn = ends == Ends.RESTART || container.wasReady || container.plan.sidecar();
    if (goesOn && !Restarts.isRun(why.reason())) {
      runs.tryLater(container, why);
      recorder.save();
      listener.changed(this);
      return;
    }
    container.ended(new ExitStatus(128, 0, "StartError", why.text(), why.text()), loop.now());
    container.reason = why.reason();
    container.message = why.text();
    after(container);
  }

  /// Gives back what was set up; the Pod did not come into being.
  private void refuse(StartRefusedException why) {
    stage = Stage.ENDED;
    cleaning = true;
    tearDown(() -> listener.refused(this, why));
  }

  // --- what happens to its containers

  /// The first process of one of its containers ended.
  public void processEnded(long pid) {
    runs.processEnded(pid);
  }

  /// A container's process exists.
  void launched(PodContainer container, RunningContainer running) {
    if (!created) {
      created = true;
      listener.created(this, running.spawnedAt());
    }
    if (stage == Stage.STOPPING) {
      stop.launched(container);
    } else {
      runs.begun(container, running);
    }
    recorder.save();
    listener.changed(this);
    step();
  }

  void ended(PodContainer container) {
    if (stage == Stage.STOPPING) {
      container.finished = true;
      stop.ended(container);
      listener.changed(this);
      endIfOver();
    } else {
      after(container);
    }
  }

  void probed(PodContainer container, ContainerProbes.Change change) {
    if (stage != Stage.RUNNING || container.running == null) {
      return;
    }
    switch (change) {
      case ContainerProbes.Change.Started() -> container.started = true;
      case ContainerProbes.Change.Ready(boolean ready, String message) -> {
        boolean before = container.ready;
        container.readiness(ready, message);
        if (before != ready) {
          recorder.save();
        }
      }
      case ContainerProbes.Change.Unhealthy(String message) -> {
        LOG.log(Level.INFO, "{0}/{1}: {2}; it is ended", id, container.plan.name(), message);
        container.message = message;
        stop.one(container);
      }
    }
    listener.changed(this);
    if (!wasReady && isReady()) {
      wasReady = true;
      listener.ready(this, present().bootedAt(), loop.nanoTime());
    }
    step();
  }

  /// A container has ended while the Pod goes on.
  private void after(PodContainer container) {
    int code = container.exit.map(ExitStatus::code).orElse(0);
    Restarts next = Restarts.after(container.plan, policy, code);
    boolean replaced =
        ends == Ends.REPLACE
            && next == Restarts.AGAIN
            && !container.plan.sidecar()
            && !container.wasReady
            && !mayWaitForNeighbours(container);
    if (replaced || next == Restarts.FAILED) {
      container.finished = true;
      cause = container;
      listener.changed(this);
      terminate(plan.workload().terminationGrace());
      return;
    }
    if (next == Restarts.AGAIN) {
      if (code != 0) {
        listener.crashed(this, container.exit.orElseThrow());
      }
      runs.again(container);
    } else {
      container.finished = true;
    }
    recorder.save();
    listener.changed(this);
    if (group.mains().allMatch(one -> one.finished)) {
      terminate(plan.workload().terminationGrace());
    } else {
      step();
    }
  }

  /// One that gives up because a neighbour does not listen yet finds it listening the next time.
  private boolean mayWaitForNeighbours(PodContainer container) {
    return group.mains().count() > 1 && container.restarts < EARLY_RESTARTS;
  }

  // --- its end

  private void stopStarting() {
    stage = Stage.STOPPING;
    refresh.stop();
    containers.forEach(one -> {
      one.cancelRestart();
      one.stopProbes();
    });
  }

  /// Ended when nothing runs any more, and cleaned up after that.
  void endIfOver() {
    if (stage == Stage.STOPPING && setup != null && group.noneExists()) {
      stage = Stage.ENDED;
      stop.over();
      listener.ended(this, PodExit.of(cause, containers));
    }
    if (stage == Stage.ENDED && runs.allDeleted() && !recorder.isSaving() && !cleaning) {
      cleaning = true;
      tearDown(() -> listener.cleanedUp(this));
    }
  }

  private void tearDown(Runnable after) {
    PodSetup made = present();
    StandbyPod unused = start.standby;
    loop.work(() -> {
      try {
        if (unused != null) {
          host.takeAway(unused);
        }
        host.tearDown(id, made);
      } finally {
        plan.lease().letGo();
        loop.execute(after);
      }
    });
  }

  PodRuns runs() {
    return runs;
  }

  PodSetup present() {
    PodSetup made = setup;
    if (made == null) {
      throw new IllegalStateException(id + " is not set up");
    }
    return made;
  }
}

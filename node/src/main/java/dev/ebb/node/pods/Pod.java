package dev.ebb.node.pods;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.PodSpec.RestartPolicy;
import dev.ebb.dataplane.Probe;
import dev.ebb.node.Loop;
import dev.ebb.node.StartRefusedException;
import dev.ebb.node.sandbox.RunningContainer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
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

  enum Stage {
    NEW,
    SETTING_UP,
    RUNNING,
    STOPPING,
    ENDED
  }

  /// What follows when a container ends that is to run on.
  public enum Ends {
    /// It is started again in its Pod, as the workload's restart policy says.
    RESTART,
    /// The Pod ends with it, and whoever wants another starts one.
    REPLACE
  }

  /// Whom a Pod tells. Called on the loop.
  public interface Listener {
    /// A container's state changed.
    void changed(Pod pod);

    /// Nothing could be started; the Pod is as new and may be started again.
    void refused(Pod pod, StartRefusedException why);

    /// The first process exists.
    void created(Pod pod, long spawnedAt);

    /// All containers are ready, for the first time.
    void ready(Pod pod, long listeningAt);

    /// Nothing of it runs any more.
    void ended(Pod pod, ExitStatus exit);

    /// Nothing of it is left.
    void cleanedUp(Pod pod);
  }

  final InstanceId id;
  final PodPlan plan;
  final PodHost host;
  final Loop loop;
  private final Listener listener;
  private final RestartPolicy policy;
  private final Ends ends;
  private final List<PodContainer> containers;
  private final PodStop stop;
  Stage stage = Stage.NEW;
  @Nullable PodSetup setup;
  private boolean created;
  private boolean wasReady;
  private int deletions;
  private boolean cleaning;
  private @Nullable PodContainer cause;

  public Pod(InstanceId id, PodPlan plan, Ends ends, PodHost host, Loop loop, Listener listener) {
    this.id = id;
    this.plan = plan;
    this.ends = ends;
    this.host = host;
    this.loop = loop;
    this.listener = listener;
    policy = plan.workload().pod().restartPolicy();
    containers = plan.containers().stream().map(PodContainer::new).toList();
    stop = new PodStop(this, containers);
  }

  // --- what is asked for

  public void start() {
    if (stage != Stage.NEW) {
      return;
    }
    stage = Stage.SETTING_UP;
    plan.lease().hold();
    loop.work(() -> {
      try {
        PodSetup made = host.setUp(id, plan);
        loop.execute(() -> setUp(made));
      } catch (StartRefusedException e) {
        loop.execute(() -> notSetUp(e));
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "cannot set up " + id, e);
        loop.execute(() -> notSetUp(StartRefusedException.createFailed(e)));
      }
    });
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
    return containers.stream().map(PodContainer::state).toList();
  }

  /// Empty while it has none.
  public String ip() {
    return setup == null ? "" : setup.ip();
  }

  /// Of the container that takes requests; 0 while it does not run.
  public long pid() {
    RunningContainer running = main().running;
    return running == null ? 0 : running.pid();
  }

  /// All its containers are ready now.
  public boolean isReady() {
    return containers.stream()
        .filter(one -> !one.plan.init() || one.plan.sidecar())
        .allMatch(one -> one.ready);
  }

  /// First processes that run.
  public List<Long> pids() {
    return containers.stream()
        .flatMap(one -> Stream.ofNullable(one.running))
        .map(RunningContainer::pid)
        .toList();
  }

  // --- starting

  private void setUp(PodSetup made) {
    setup = made;
    if (stage == Stage.SETTING_UP) {
      stage = Stage.RUNNING;
      step();
    } else {
      endIfOver();
    }
  }

  private void notSetUp(StartRefusedException why) {
    plan.lease().letGo();
    if (stage == Stage.SETTING_UP) {
      stage = Stage.NEW;
      containers.stream()
          .filter(one -> !one.plan.init())
          .forEach(one -> one.waits(why.reason(), why.text()));
      listener.refused(this, why);
    } else {
      stage = Stage.ENDED;
      listener.refused(this, why);
    }
  }

  /// Starts what is to run and does not.
  private void step() {
    if (stage != Stage.RUNNING) {
      return;
    }
    for (PodContainer one : containers) {
      if (!one.plan.init() || one.finished) {
        continue;
      }
      if (one.idle()) {
        launch(one);
      }
      if (!(one.plan.sidecar() && one.started)) {
        return;
      }
    }
    for (PodContainer one : mains().filter(PodContainer::idle).toList()) {
      // The others join the namespaces of the first, so it must be there.
      if (sandbox().isEmpty() && containers.stream().anyMatch(other -> other.starting)) {
        return;
      }
      launch(one);
    }
  }

  private void launch(PodContainer container) {
    container.starting = true;
    if (container.restarts == 0) {
      container.waits("ContainerCreating", "");
    }
    PodSetup made = present();
    OptionalLong sandbox = sandbox();
    int attempt = container.restarts;
    loop.work(() -> {
      try {
        RunningContainer running = host.start(id, plan, container.plan, attempt, made, sandbox);
        loop.execute(() -> launched(container, running));
      } catch (StartRefusedException e) {
        loop.execute(() -> notLaunched(container, e));
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "cannot start " + id + "/" + container.plan.name(), e);
        loop.execute(() -> notLaunched(container, StartRefusedException.createFailed(e)));
      }
    });
  }

  private void launched(PodContainer container, RunningContainer running) {
    container.runs(running, loop.now());
    host.processes().watch(this, running.pid());
    if (!created) {
      created = true;
      listener.created(this, running.spawnedAt());
    }
    if (stage == Stage.STOPPING) {
      stop.launched(container);
    } else {
      started(container, running);
    }
    saveRecord();
    listener.changed(this);
    step();
  }

  /// Its probes begin when its postStart hook is over, which ends it when it fails.
  private void started(PodContainer container, RunningContainer running) {
    var postStart = container.plan.container().lifecycle().postStart();
    if (postStart.isEmpty()) {
      probe(container);
      return;
    }
    hook(
        container,
        postStart.get(),
        result -> {
          if (!running.equals(container.running) || stage != Stage.RUNNING) {
            return;
          }
          if (result.healthy()) {
            probe(container);
          } else {
            container.message = "PostStartHook failed: " + result.message();
            stop.one(container);
          }
        });
  }

  private void probe(PodContainer container) {
    container.probes = new ContainerProbes(this, container, change -> probed(container, change));
    container.probes.start();
  }

  /// A failed start counts as a run that ended at once.
  private void notLaunched(PodContainer container, StartRefusedException why) {
    container.starting = false;
    if (stage == Stage.STOPPING) {
      endIfOver();
      return;
    }
    boolean nothingRuns = containers.stream().noneMatch(PodContainer::exists);
    if (ends == Ends.REPLACE && !created && nothingRuns) {
      refuse(why);
      return;
    }
    container.ended(new ExitStatus(128, 0, "StartError", why.text()), loop.now());
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

  private void probed(PodContainer container, ContainerProbes.Change change) {
    if (stage != Stage.RUNNING || container.running == null) {
      return;
    }
    switch (change) {
      case ContainerProbes.Change.Started() -> container.started = true;
      case ContainerProbes.Change.Ready(boolean ready, String message) -> {
        container.ready = ready;
        container.message = message;
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
      saveRecord();
      listener.ready(this, loop.nanoTime());
    }
    step();
  }

  /// The first process of one of its containers ended.
  public void processEnded(long pid) {
    for (PodContainer container : containers) {
      RunningContainer running = container.running;
      if (running != null && running.pid() == pid && !container.ending) {
        container.ending = true;
        container.stopProbes();
        boolean asked = stage == Stage.STOPPING;
        loop.work(() -> {
          ExitStatus status =
              host.exit(
                  id,
                  plan,
                  container.plan,
                  container.restarts,
                  running,
                  container.killReason,
                  asked);
          loop.execute(() -> ended(container, running, status));
        });
      }
    }
  }

  private void ended(PodContainer container, RunningContainer running, ExitStatus status) {
    container.ended(status, loop.now());
    delete(container, container.restarts, running);
    if (stage == Stage.STOPPING) {
      container.finished = true;
      stop.ended(container);
      listener.changed(this);
      endIfOver();
    } else {
      after(container);
    }
  }

  private void delete(PodContainer container, int attempt, RunningContainer running) {
    deletions++;
    loop.work(() -> {
      try {
        host.delete(id, plan, container.plan, attempt, running);
      } finally {
        loop.execute(() -> {
          deletions--;
          endIfOver();
        });
      }
    });
  }

  /// A container has ended while the Pod goes on.
  private void after(PodContainer container) {
    int code = container.exit.map(ExitStatus::code).orElse(0);
    Restarts next = Restarts.after(container.plan, policy, code);
    boolean replaced = ends == Ends.REPLACE && next == Restarts.AGAIN && !container.plan.sidecar();
    if (replaced || next == Restarts.FAILED) {
      container.finished = true;
      cause = container;
      listener.changed(this);
      terminate(plan.workload().terminationGrace());
      return;
    }
    if (next == Restarts.AGAIN) {
      again(container);
    } else {
      container.finished = true;
    }
    saveRecord();
    listener.changed(this);
    if (mains().allMatch(one -> one.finished)) {
      terminate(plan.workload().terminationGrace());
    } else {
      step();
    }
  }

  private void again(PodContainer container) {
    Duration delay = container.backoff.ended(container.ran(loop.now()));
    String why = container.reason;
    container.again();
    if (delay.isZero()) {
      return;
    }
    if (why.isEmpty() || why.equals("ContainerCreating") || why.equals("PodInitializing")) {
      container.waits(
          "CrashLoopBackOff",
          "back-off %s restarting failed container=%s pod=%s"
              .formatted(text(delay), container.plan.name(), host.podName(id, plan)));
    } else {
      container.waits(why, container.message);
    }
    container.restartWaits = true;
    container.restart =
        loop.after(
            delay,
            () -> {
              container.restartWaits = false;
              step();
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
      loop.after(duration, () -> then.accept(ProbeResult.HEALTHY));
      return;
    }
    int attempt = container.restarts;
    PodSetup made = present();
    RunningContainer running = container.running;
    long pid = running == null ? 0 : running.pid();
    loop.work(() -> {
      ProbeResult result = host.hook(id, container.plan, attempt, made, pid, action);
      loop.execute(() -> then.accept(result));
    });
  }

  // --- its end

  private void stopStarting() {
    stage = Stage.STOPPING;
    containers.forEach(one -> {
      one.cancelRestart();
      one.stopProbes();
    });
  }

  /// Ended when nothing runs any more, and cleaned up after that.
  void endIfOver() {
    if (stage == Stage.STOPPING
        && setup != null
        && containers.stream().noneMatch(PodContainer::exists)) {
      stage = Stage.ENDED;
      stop.over();
      listener.ended(this, exitStatus());
    }
    if (stage == Stage.ENDED && deletions == 0 && !cleaning) {
      cleaning = true;
      tearDown(() -> listener.cleanedUp(this));
    }
  }

  private void tearDown(Runnable after) {
    PodSetup made = present();
    loop.work(() -> {
      try {
        host.tearDown(id, made);
      } finally {
        plan.lease().letGo();
        loop.execute(after);
      }
    });
  }

  /// Of the container whose end was the Pod's, else of the one that takes requests.
  private ExitStatus exitStatus() {
    Optional<ExitStatus> failed = cause == null ? Optional.empty() : cause.exit;
    return failed
        .or(() ->
            containers.stream()
                .filter(one ->
                    !one.plan.sidecar()
                        && one.plan.init()
                        && one.exit.isPresent()
                        && !one.succeeded())
                .findFirst()
                .flatMap(one -> one.exit))
        .or(() -> main().exit)
        .orElseGet(() -> new ExitStatus(-1, 0, "Stopped", ""));
  }

  private Stream<PodContainer> mains() {
    return containers.stream().filter(one -> !one.plan.init());
  }

  private PodContainer main() {
    return mains().findFirst().orElseThrow();
  }

  /// A process whose namespaces another container of the Pod joins.
  private OptionalLong sandbox() {
    return containers.stream()
        .flatMap(one -> Stream.ofNullable(one.running))
        .mapToLong(RunningContainer::pid)
        .findFirst();
  }

  PodSetup present() {
    PodSetup made = setup;
    if (made == null) {
      throw new IllegalStateException(id + " is not set up");
    }
    return made;
  }

  private void saveRecord() {}
}

package dev.ebb.node.pods;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ContainerState.Phase;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.Loop;
import dev.ebb.node.sandbox.RunningContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One container of a Pod over all its runs. Only the node's loop touches it.
final class PodContainer {
  /// Of an adopted one only what its record has, until the workload is known again.
  ContainerPlan plan;

  final CrashBackoff backoff;

  Phase phase = Phase.WAITING;
  String reason;
  String message = "";

  /// How often it was started again; also the number of the present run.
  int restarts;

  /// A start is under way beside the loop.
  boolean starting;

  /// From the moment that its process exists until it has ended.
  @Nullable RunningContainer running;

  /// Its end is being looked into.
  boolean ending;

  /// Has ended, and will not be started again.
  boolean finished;

  boolean started;
  boolean ready;

  /// It was ready at a time in its present or last run.
  boolean wasReady;

  /// Why Ebb ends it, when that is a failure.
  String killReason = "";

  boolean signalled;

  @Nullable Instant startedAt;
  @Nullable Instant finishedAt;
  Optional<ExitStatus> exit = Optional.empty();
  Optional<ExitStatus> lastExit = Optional.empty();
  Loop.Timer restart = Loop.Timer.NONE;
  boolean restartWaits;
  @Nullable ContainerProbes probes;

  PodContainer(ContainerPlan plan, CrashBackoff.Rule rule) {
    this.plan = plan;
    backoff = new CrashBackoff(rule);
    reason = plan.init() ? "ContainerCreating" : "PodInitializing";
  }

  /// Nothing runs and nothing is under way.
  boolean idle() {
    return running == null && !starting && !ending && !restartWaits && !finished;
  }

  boolean exists() {
    return running != null || starting || ending;
  }

  boolean succeeded() {
    return finished && exit.filter(one -> one.code() == 0).isPresent();
  }

  void waits(String why, String text) {
    phase = Phase.WAITING;
    reason = why;
    message = text;
  }

  void runs(RunningContainer container, Instant now) {
    running = container;
    starting = false;
    phase = Phase.RUNNING;
    reason = "";
    message = "";
    startedAt = now;
    finishedAt = null;
    exit = Optional.empty();
    killReason = "";
    signalled = false;
    wasReady = false;
  }

  void readiness(boolean now, String text) {
    ready = now;
    wasReady |= now;
    message = text;
  }

  void ended(ExitStatus status, Instant now) {
    running = null;
    ending = false;
    started = false;
    ready = false;
    phase = Phase.TERMINATED;
    finishedAt = now;
    exit = Optional.of(status);
  }

  /// The run that ended is followed by another.
  void again() {
    lastExit = exit;
    exit = Optional.empty();
    restarts++;
  }

  Duration ran(Instant now) {
    return startedAt == null ? Duration.ZERO : Duration.between(startedAt, now);
  }

  void stopProbes() {
    if (probes != null) {
      probes.stop();
      probes = null;
    }
  }

  void cancelRestart() {
    restart.cancel();
    restart = Loop.Timer.NONE;
    restartWaits = false;
  }

  ContainerState state() {
    return new ContainerState(
        plan.name(),
        phase,
        phase == Phase.WAITING ? reason : "",
        message,
        started,
        ready,
        restarts,
        Optional.ofNullable(startedAt),
        Optional.ofNullable(finishedAt),
        exit,
        lastExit,
        plan.imageDigest());
  }

  PodRecord.Container record(InstanceId id) {
    RunningContainer run = running;
    return new PodRecord.Container(
        plan.name(),
        plan.imageDigest(),
        plan.init(),
        plan.sidecar(),
        plan.stopSignal(),
        restarts,
        PodNames.container(id, plan.name(), restarts),
        run == null ? 0 : run.pid(),
        run == null ? 0 : run.startTime(),
        started,
        ready,
        finished,
        startedAt == null ? 0 : startedAt.toEpochMilli(),
        plan.bySocket());
  }
}

package dev.ebb.node;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.StartupPhases;
import dev.ebb.node.pods.Pod;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;

/// One instance from the decision to start it until it is cleaned up. Only the node's loop touches
/// it; others get an [Instance].
final class RunningInstance {
  final InstanceId id;
  final RevisionState revision;
  final Instant createdAt;
  long reservation;

  /// Of what it runs, see [StartPlan].
  final String hash;

  final boolean adopted;

  /// Of a plain process, from the moment that it exists.
  @Nullable InstanceRecord record;

  /// Of one that consists of containers, from the decision to start it.
  @Nullable Pod pod;

  /// What its containers wait for while there is no Pod yet.
  List<ContainerState> waiting = List.of();

  /// What was last told of it, so that nothing is told twice.
  @Nullable Instance told;

  Phase phase = Phase.STARTING;

  /// Somebody asked for its end.
  boolean stopping;

  /// Nanoseconds of the loop's clock, when it is stopping.
  long stoppingSince;

  /// From then on, when whoever stops it said how long it has.
  Optional<Duration> grace = Optional.empty();

  boolean terminated;

  /// Its program was told to end, while connections that it alone can end go on.
  boolean saidFarewell;

  /// Why Ebb kills it, when that is a failure: `StartTimeout`, `OOMKilled`.
  String killReason = "";

  /// Nanoseconds of the loop's clock.
  long decidedAt;

  long spawnedAt;
  long bootedAt;
  long listeningAt;
  long readyAt;

  Optional<StartupPhases> startup = Optional.empty();
  @Nullable ScheduledFuture<?> deadline;

  RunningInstance(
      InstanceId id,
      RevisionState revision,
      Instant createdAt,
      long reservation,
      String hash,
      boolean adopted) {
    this.id = id;
    this.revision = revision;
    this.createdAt = createdAt;
    this.reservation = reservation;
    this.hash = hash;
    this.adopted = adopted;
  }

  boolean exists() {
    return record != null;
  }

  InstanceRecord present() {
    var present = record;
    if (present == null) {
      throw new IllegalStateException(id + " has no process");
    }
    return present;
  }

  void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  /// Now in phase READY.
  void becomeReady(long now) {
    phase = Phase.READY;
    readyAt = now;
    if (!adopted) {
      long booted = bootedAt == 0 ? listeningAt : bootedAt;
      startup =
          Optional.of(
              new StartupPhases(
                  Duration.ofNanos(spawnedAt - decidedAt),
                  Duration.ofNanos(booted - spawnedAt),
                  Duration.ofNanos(listeningAt - booted),
                  Duration.ofNanos(now - listeningAt)));
    }
  }

  boolean wasReady() {
    return readyAt != 0;
  }

  Instance toInstance(Optional<ExitStatus> exit) {
    var containers = pod;
    if (containers != null) {
      return toInstance(containers, exit);
    }
    var present = record;
    return new Instance(
        id,
        revision.id,
        phase,
        phase == Phase.READY,
        present == null || !wasReady()
            ? Optional.empty()
            : Optional.of(UnixDomainSocketAddress.of(present.socket())),
        present == null ? 0 : present.pid(),
        createdAt,
        startup,
        !stopping,
        exit,
        "",
        waiting);
  }

  private Instance toInstance(Pod containers, Optional<ExitStatus> exit) {
    return new Instance(
        id,
        revision.id,
        phase,
        phase == Phase.READY && containers.isReady(),
        wasReady() ? containers.address() : Optional.empty(),
        containers.pid(),
        createdAt,
        startup,
        !stopping,
        exit,
        containers.ip(),
        containers.states());
  }
}

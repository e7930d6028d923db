package dev.ebb.node;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceTraffic;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Ends instances: drain, SIGTERM, SIGKILL. Only the node's loop touches it.
final class InstanceStops {
  private static final Logger LOG = System.getLogger(InstanceStops.class.getName());

  private final NodeLoop loop;
  private final Sandbox sandbox;
  private final InstanceTraffic traffic;
  private final InstanceEvents events;
  private final NodeConfig.Timeouts timeouts;

  InstanceStops(
      NodeLoop loop,
      Sandbox sandbox,
      InstanceTraffic traffic,
      InstanceEvents events,
      NodeConfig.Timeouts timeouts) {
    this.loop = loop;
    this.sandbox = sandbox;
    this.traffic = traffic;
    this.events = events;
    this.timeouts = timeouts;
  }

  /// Those that do the least: not yet ready ones, the youngest first, then the least busy.
  List<RunningInstance> leastBusy(Stream<RunningInstance> instances, int count) {
    return instances
        .filter(instance -> !instance.stopping)
        .sorted(
            comparingInt((RunningInstance one) -> one.wasReady() ? 1 : 0)
                .thenComparingInt(one -> one.wasReady() ? traffic.inFlight(one.id) : 0)
                .thenComparing(comparing(one -> one.createdAt, Comparator.reverseOrder())))
        .limit(count)
        .toList();
  }

  /// Lets it finish its requests first. One that has no process yet is ended when it has.
  ///
  /// @param grace when it is to end within another time than its own; the shortest counts
  void stop(RunningInstance instance, Optional<Duration> grace) {
    if (!instance.stopping) {
      instance.stoppingSince = loop.nanoTime();
    }
    grace
        .filter(time -> instance.grace.filter(now -> now.compareTo(time) <= 0).isEmpty())
        .ifPresent(time -> {
          instance.grace = Optional.of(time);
          loop.later(() -> killLate(instance, time), rest(instance, time));
        });
    if (instance.stopping) {
      return;
    }
    instance.stopping = true;
    instance.cancelDeadline();
    if (!instance.exists() && instance.pod == null) {
      return;
    }
    if (instance.phase != Phase.READY) {
      terminate(instance);
      return;
    }
    instance.phase = Phase.DRAINING;
    events.phaseChanged(instance, Optional.empty());
    instance.deadline = loop.schedule(() -> terminate(instance), timeouts.drain());
    loop.later(() -> farewell(instance), timeouts.farewell());
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

  /// When only connections are left that the program alone can end in order.
  private void farewell(RunningInstance instance) {
    if (instance.terminated || instance.phase == Phase.EXITED) {
      return;
    }
    var _ =
        traffic
            .quiet(instance.id)
            .whenComplete((done, failure) -> loop.execute(() -> tell(instance)));
  }

  /// Its end begins, and comes when the connections are over, or their time is.
  private void tell(RunningInstance instance) {
    if (instance.saidFarewell || instance.terminated || instance.phase == Phase.EXITED) {
      return;
    }
    instance.saidFarewell = true;
    if (instance.pod != null) {
      instance.pod.terminate(timeouts.drain().plus(own(instance)));
    } else {
      sandbox.signal(instance.present().pid(), Linux.SIGTERM);
    }
  }

  private static Duration own(RunningInstance instance) {
    return instance.pod != null
        ? instance.pod.plan().workload().terminationGrace()
        : instance.present().terminationGrace();
  }

  void terminate(RunningInstance instance) {
    if (instance.terminated || instance.phase == Phase.EXITED) {
      return;
    }
    instance.terminated = true;
    instance.cancelDeadline();
    if (instance.saidFarewell) {
      instance.deadline = loop.schedule(() -> kill(instance), time(instance, own(instance)));
      return;
    }
    if (instance.pod != null) {
      instance.pod.terminate(time(instance, instance.pod.plan().workload().terminationGrace()));
      return;
    }
    var record = instance.present();
    sandbox.signal(record.pid(), Linux.SIGTERM);
    instance.deadline =
        loop.schedule(() -> kill(instance), time(instance, record.terminationGrace()));
  }

  /// What is left of the time that it was given, or its own.
  private Duration time(RunningInstance instance, Duration own) {
    return instance.grace.map(given -> rest(instance, given)).orElse(own);
  }

  private Duration rest(RunningInstance instance, Duration grace) {
    var rest = grace.minusNanos(loop.nanoTime() - instance.stoppingSince);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private void killLate(RunningInstance instance, Duration grace) {
    if (instance.grace.equals(Optional.of(grace)) && instance.phase != Phase.EXITED) {
      killNow(instance);
    }
  }

  /// As a failure: the instance did not behave.
  ///
  /// @param reason for its exit status
  void kill(RunningInstance instance, String reason) {
    instance.killReason = reason;
    kill(instance);
  }

  /// At once, because it is asked for.
  void killNow(RunningInstance instance) {
    instance.stopping = true;
    kill(instance);
  }

  private void kill(RunningInstance instance) {
    if (instance.pod != null) {
      instance.pod.kill(instance.killReason);
      return;
    }
    if (instance.exists() && instance.phase != Phase.EXITED) {
      sandbox.signal(instance.present().pid(), Linux.SIGKILL);
    }
  }
}

package dev.ebb.node;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.node.pods.Pod;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/// What happens when the first process of an instance has ended: tells how, and cleans up beside
/// the loop. Only the node's loop touches it.
final class InstanceExits {
  private static final Logger LOG = System.getLogger(InstanceExits.class.getName());

  private final NodeLoop loop;
  private final Roster roster;
  private final InstanceCleaner cleaner;
  private final InstanceEvents events;
  private final NodeLogs logs;
  private final NodeMetrics metrics;
  private final BooleanSupplier othersAreDone;
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private int cleaning;
  private boolean closing;

  InstanceExits(
      NodeLoop loop,
      Roster roster,
      InstanceCleaner cleaner,
      InstanceEvents events,
      NodeLogs logs,
      NodeMetrics metrics,
      BooleanSupplier othersAreDone) {
    this.loop = loop;
    this.roster = roster;
    this.cleaner = cleaner;
    this.events = events;
    this.logs = logs;
    this.metrics = metrics;
    this.othersAreDone = othersAreDone;
  }

  /// A process that was taken off the roster ended.
  ExitStatus ended(RunningInstance instance) {
    var exit = exitStatus(instance);
    tell(instance, exit);
    cleanUp(instance.present());
    return exit;
  }

  /// A Pod that was taken off the roster ended; it cleans up itself, and [#cleanedUp] follows.
  void ended(RunningInstance instance, ExitStatus exit) {
    cleaning++;
    tell(instance, exit);
  }

  /// A container of a Pod failed, and is started again in its place.
  void crashed(Pod pod, ExitStatus exit) {
    metrics.crashed();
    LOG.log(
        Level.WARNING,
        "a container of {0} ended: {1}, exit code {2}; it is started again",
        pod.id(),
        exit.reason(),
        exit.code());
  }

  void cleanedUp() {
    cleaning--;
    completeWhenEmpty();
  }

  private void tell(RunningInstance instance, ExitStatus exit) {
    instance.cancelDeadline();
    instance.phase = Phase.EXITED;
    if (!instance.stopping && !isDone(instance, exit)) {
      metrics.crashed();
      LOG.log(
          Level.WARNING, "{0} ended: {1}, exit code {2}", instance.id, exit.reason(), exit.code());
    }
    // An adopted one that was never published is not missed by anybody.
    if (!instance.adopted || instance.revision.workload != null) {
      events.phaseChanged(instance, Optional.of(exit));
    }
  }

  /// A Pod that stands alone may have done its part; what serves has none to have done.
  private static boolean isDone(RunningInstance instance, ExitStatus exit) {
    var workload = instance.revision.workload;
    return workload != null && workload.service().isEmpty() && exit.reason().equals("Completed");
  }

  /// Completes when everything was told to end and the last instance is cleaned up. For any thread.
  CompletableFuture<Void> whenEmpty() {
    return empty;
  }

  /// No instance is started any more.
  void close() {
    closing = true;
    completeWhenEmpty();
  }

  void completeWhenEmpty() {
    if (closing && roster.isEmpty() && cleaning == 0 && othersAreDone.getAsBoolean()) {
      empty.complete(null);
    }
  }

  private ExitStatus exitStatus(RunningInstance instance) {
    var exit = Linux.peekExit(instance.present().pid()).orElse(new Linux.Exit(-1, 0));
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

  private void cleanUp(InstanceRecord record) {
    cleaning++;
    loop.work(() -> {
      try {
        cleaner.cleanUp(record);
      } finally {
        logs.closed(record.id());
        loop.execute(this::cleanedUp);
      }
    });
  }
}

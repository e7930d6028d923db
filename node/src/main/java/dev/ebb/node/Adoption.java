package dev.ebb.node;

import java.util.Optional;

/// Takes over instances that an earlier server left running. They are published when their revision
/// is registered: until then nobody knows what they serve. Only the node's loop touches it.
final class Adoption {
  private final Roster roster;
  private final BudgetQueue budget;
  private final ReadinessPoll readiness;
  private final ExitWatcher exits;
  private final InstanceEvents events;
  private final NodeLogs logs;

  Adoption(
      Roster roster,
      BudgetQueue budget,
      ReadinessPoll readiness,
      ExitWatcher exits,
      InstanceEvents events,
      NodeLogs logs) {
    this.roster = roster;
    this.budget = budget;
    this.readiness = readiness;
    this.exits = exits;
    this.events = events;
    this.logs = logs;
  }

  /// As many are wanted as there are, until somebody says otherwise.
  RunningInstance adopt(InstanceRecord record) {
    var revision = roster.revision(record.revision());
    var instance =
        new RunningInstance(
            record.id(), revision, record.createdAt(), record.reservation(), record.hash(), true);
    instance.record = record;
    budget.reserve(record.reservation());
    revision.desired++;
    roster.add(instance);
    roster.addProcess(instance, record.pid());
    logs.opened(record.revision(), record.id());
    exits.watch(record.pid());
    return instance;
  }

  /// A Pod of a revision.
  void adopt(RunningInstance instance) {
    var revision = instance.revision;
    budget.reserve(instance.reservation);
    revision.desired++;
    roster.add(instance);
    if (instance.pod != null) {
      instance.pod.watch();
    }
  }

  /// The revision became known.
  void publish(RevisionState revision) {
    for (var instance : revision.instances) {
      if (!instance.adopted || instance.stopping) {
        continue;
      }
      if (instance.pod != null) {
        if (instance.pod.isReady()) {
          instance.becomeReady(System.nanoTime());
        }
        events.phaseChanged(instance, Optional.empty());
      } else if (Readiness.isListening(instance.present().socket())) {
        instance.becomeReady(System.nanoTime());
        events.phaseChanged(instance, Optional.empty());
      } else {
        readiness.await(instance);
      }
    }
  }
}

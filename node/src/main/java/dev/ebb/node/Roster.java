package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The revisions and instances that a node knows. Only the node's loop touches it.
final class Roster {
  private final Map<RevisionId, RevisionState> revisions = new HashMap<>();
  private final Map<InstanceId, RunningInstance> instances = new HashMap<>();
  private final Map<Long, RunningInstance> byPid = new HashMap<>();

  /// Made when it is not known yet.
  RevisionState revision(RevisionId id) {
    return revisions.computeIfAbsent(id, RevisionState::new);
  }

  Optional<RevisionState> find(RevisionId id) {
    return Optional.ofNullable(revisions.get(id));
  }

  List<RevisionState> revisions() {
    return List.copyOf(revisions.values());
  }

  void forget(RevisionState revision) {
    revisions.remove(revision.id, revision);
  }

  Optional<RunningInstance> find(InstanceId id) {
    return Optional.ofNullable(instances.get(id));
  }

  List<RunningInstance> instances() {
    return List.copyOf(instances.values());
  }

  boolean isEmpty() {
    return instances.isEmpty();
  }

  void add(RunningInstance instance) {
    instances.put(instance.id, instance);
    instance.revision.instances.add(instance);
  }

  /// The instance has a process now.
  void addProcess(RunningInstance instance, long pid) {
    byPid.put(pid, instance);
  }

  /// Whose first process this was, once.
  Optional<RunningInstance> removeProcess(long pid) {
    return Optional.ofNullable(byPid.remove(pid));
  }

  void remove(RunningInstance instance) {
    instances.remove(instance.id);
    instance.revision.instances.remove(instance);
  }

  /// Instances that run and are held to a memory limit.
  List<InstanceRecord> limited() {
    return byPid.values().stream()
        .map(RunningInstance::present)
        .filter(record -> record.memoryLimit() > 0)
        .toList();
  }
}

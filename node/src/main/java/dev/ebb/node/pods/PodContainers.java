package dev.ebb.node.pods;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.node.sandbox.RunningContainer;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What the containers of a Pod are together. Only the node's loop touches it.
///
/// @param all init containers first
record PodContainers(List<PodContainer> all) {
  Stream<PodContainer> mains() {
    return all.stream().filter(one -> !one.plan.init());
  }

  /// Of the one that takes requests; 0 while it does not run.
  long mainPid() {
    RunningContainer running = mains().findFirst().orElseThrow().running;
    return running == null ? 0 : running.pid();
  }

  /// A process whose namespaces another container of the Pod joins.
  OptionalLong sandbox() {
    return running().mapToLong(RunningContainer::pid).findFirst();
  }

  /// First processes that run.
  List<Long> pids() {
    return running().map(RunningContainer::pid).toList();
  }

  /// All that serve are ready now.
  boolean isReady() {
    return all.stream()
        .filter(one -> !one.plan.init() || one.plan.sidecar())
        .allMatch(one -> one.ready);
  }

  boolean noneExists() {
    return all.stream().noneMatch(PodContainer::exists);
  }

  List<ContainerState> states() {
    return all.stream().map(PodContainer::state).toList();
  }

  private Stream<RunningContainer> running() {
    return all.stream().flatMap(one -> Stream.ofNullable(one.running));
  }
}

package dev.ebb.node;

import dev.ebb.node.pods.Pod;
import dev.ebb.node.pods.Processes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// First processes of containers: children of this server, or of an earlier one. Thread-safe.
final class PodProcesses implements Processes {
  private final ExitWatcher exits;
  private final Map<Long, Pod> pods = new ConcurrentHashMap<>();

  PodProcesses(ExitWatcher exits) {
    this.exits = exits;
  }

  @Override
  public void watch(Pod pod, long pid) {
    pods.put(pid, pod);
    exits.watch(pid);
  }

  /// @return false for a process of no Pod. On the loop.
  boolean ended(long pid) {
    var pod = pods.remove(pid);
    if (pod != null) {
      pod.processEnded(pid);
    }
    return pod != null;
  }

  @Override
  public Optional<Exit> exit(long pid) {
    return Linux.peekExit(pid).map(exit -> new Exit(exit.code(), exit.signal()));
  }

  @Override
  public void reap(long pid) {
    Linux.reap(pid);
  }
}

package dev.ebb.node.pods;

import java.util.Optional;

/// First processes of containers, as this machine sees them. Thread-safe.
public interface Processes {
  /// How a process ended.
  ///
  /// @param code the exit code, or 128 + signal
  /// @param signal 0 when it exited by itself
  record Exit(int code, int signal) {}

  /// Its end comes as [Pod#processEnded], once, also when it has ended already.
  void watch(Pod pod, long pid);

  /// How it ended; empty when that is not known, because it was the child of an earlier server.
  Optional<Exit> exit(long pid);

  /// Takes the ended process out of the process table.
  void reap(long pid);
}

package dev.ebb.node.sandbox;

import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import java.util.concurrent.locks.LockSupport;

/// Processes that came to the server because whoever started them has ended: a runtime that was
/// killed, or that failed, while its command was in a container. They must be reaped, for the first
/// process of a PID namespace does not end before all others of it are reaped (pid_namespaces(7)),
/// and so the container would not.
final class Orphans {
  /// Since the runtime's end; a process that is killed ends a little later.
  private static final long[] LOOKS_MILLIS = {0, 20, 100, 500, 2000};

  private Orphans() {}

  /// Returns at once.
  static void reapSoon() {
    Thread.startVirtualThread(() -> {
      for (long millis : LOOKS_MILLIS) {
        LockSupport.parkNanos(millis * 1_000_000);
        reap();
      }
    });
  }

  /// What the server started and waits for itself leads a session of its own, or is in the
  /// server's.
  private static void reap() {
    long own = ProcessStat.read(ProcessHandle.current().pid()).map(ProcessStat::session).orElse(0L);
    ProcessStat.all().stream()
        .filter(one -> one.state() == 'Z')
        .filter(one -> one.session() != one.pid() && one.session() != own)
        // Of somebody else's child the kernel says so, and nothing happens.
        .forEach(one -> Linux.reap(one.pid()));
  }
}

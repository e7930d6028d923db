package dev.ebb.node.sandbox;

import static java.util.stream.Collectors.toSet;

import dev.ebb.node.Linux;
import dev.ebb.node.ProcessStat;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Processes that came to the server because whoever started them has ended: a runtime that was
/// killed, or that failed, while its command was in a container. They must be reaped, for the first
/// process of a PID namespace does not end before all others of it are reaped (pid_namespaces(7)),
/// and so the container would not.
final class Orphans {
  /// Since the runtime's end; a process that is killed ends a little later.
  private static final long[] LOOKS_MILLIS = {0, 20, 100, 500, 2000};

  /// Whoever waits for a child of its own has done so long before.
  private static final long SWEEP_MILLIS = 30_000;

  private Orphans() {}

  /// Reaps, until the thread is interrupted, what nobody has waited for in one to two
  /// [#SWEEP_MILLIS]: children of programs that ended before them become the server's.
  static Thread sweep() {
    return Thread.ofVirtual()
        .name("orphans")
        .start(() -> {
          Set<ProcessStat> before = Set.of();
          while (!Thread.interrupted()) {
            LockSupport.parkNanos(SWEEP_MILLIS * 1_000_000);
            before = sweep(before);
          }
        });
  }

  /// @param before the zombies of the last look; those that still are get reaped
  /// @return the zombies of this look
  static Set<ProcessStat> sweep(Set<ProcessStat> before) {
    Set<ProcessStat> now =
        ProcessStat.all().stream().filter(one -> one.state() == 'Z').collect(toSet());
    now.stream().filter(before::contains).forEach(one -> Linux.reap(one.pid()));
    return now;
  }

  /// Returns at once.
  static void reapSoon() {
    Thread.startVirtualThread(() -> {
      for (long millis : LOOKS_MILLIS) {
        LockSupport.parkNanos(millis * 1_000_000);
        reap();
      }
    });
  }

  /// Reaps one process that may have come to the server. Returns at once.
  static void reapSoon(ProcessStat one) {
    Thread.startVirtualThread(() -> {
      for (long millis : LOOKS_MILLIS) {
        LockSupport.parkNanos(millis * 1_000_000);
        ProcessStat.read(one.pid())
            .filter(it -> it.state() == 'Z' && it.startTime() == one.startTime())
            // Of somebody else's child the kernel says so, and nothing happens.
            .ifPresent(it -> Linux.reap(it.pid()));
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

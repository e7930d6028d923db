package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;

/// Holds instances to their memory limits: once a second sums up what each session has resident,
/// and kills the one above its limit with reason `OOMKilled`.
///
/// A resource limit would not do: RLIMIT_AS counts address space, of which Node reserves gigabytes
/// that it never touches, and Linux ignores RLIMIT_RSS. A program that allocates faster than once a
/// second can pass its limit for that long; containers will have a cgroup instead.
final class MemoryWatch implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final NodeLoop loop;
  private final Fleet fleet;
  private volatile boolean closed;

  MemoryWatch(NodeLoop loop, Fleet fleet) {
    this.loop = loop;
    this.fleet = fleet;
    loop.later(this::look, INTERVAL);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void look() {
    var limited = fleet.limited();
    if (limited.isEmpty()) {
      loop.later(this::look, INTERVAL);
    } else if (!closed) {
      loop.work(() -> measure(limited));
    }
  }

  private void measure(List<InstanceRecord> limited) {
    try {
      var bySession = new HashMap<Long, Long>();
      var all = ProcessStat.all();
      long page = Linux.pageSize();
      all.forEach(one -> bySession.merge(one.session(), one.residentPages() * page, Long::sum));
      for (var record : limited) {
        // Pages that parent and child share are counted twice here; only when that is too much are
        // shared pages divided, which costs the kernel a walk through the page tables.
        if (bySession.getOrDefault(record.pid(), 0L) > record.memoryLimit()
            && proportional(all, record.pid()) > record.memoryLimit()) {
          loop.execute(() -> fleet.kill(record.id(), "OOMKilled"));
        }
      }
    } finally {
      loop.later(this::look, INTERVAL);
    }
  }

  private static long proportional(List<ProcessStat> all, long session) {
    return all.stream()
        .filter(one -> one.session() == session)
        .mapToLong(one -> proportional(one.pid()))
        .sum();
  }

  /// `Pss` of proc_pid_smaps_rollup(5), in kB; 0 for a process that has ended.
  private static long proportional(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/smaps_rollup"))
          .lines()
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException ended) {
      return 0;
    }
  }
}

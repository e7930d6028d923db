package dev.ebb.node;

import dev.ebb.node.sandbox.ResourceUsage;
import dev.ebb.node.usage.MachineCounter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Plain processes of the server's own user: a session and process group for each instance, and no
/// isolation beyond that. A child that leaves the group is found by its session, and one that
/// starts a session of its own by the variable `EBB_SOCKET` in its environment, which children
/// inherit. One that throws its environment away too escapes, which only a container can prevent.
final class ProcessSandbox implements Sandbox {
  // A process that forks while /proc is read can be missed once; each round kills the parents of
  // those that the next one finds.
  private static final int ROUNDS = 5;

  @Override
  public long start(Spec spec) throws IOException {
    return Spawn.start(
        new Spawn.Request(
            spec.command(),
            spec.environment(),
            spec.directory(),
            new Spawn.LogFile(-1, spec.log())));
  }

  @Override
  public void rehearse() throws IOException {
    long pid =
        start(
            new Spec(
                List.of("/bin/sh", "-c", ":"),
                Map.of("PATH", "/bin"),
                Path.of("/"),
                Path.of("/dev/null")));
    ProcessStat.read(pid);
    Linux.reap(pid);
  }

  @Override
  public void signal(long pid, int signal) {
    // ESRCH: everybody has ended, which is what a signal may find.
    Linux.kill(-pid, signal);
  }

  /// Of each instance's session: what left it is not counted, and memory that processes share is
  /// counted for each of them.
  @Override
  public Map<Long, ResourceUsage> usage(Set<Long> pids) {
    long page = Linux.pageSize();
    return ProcessStat.all().stream()
        .filter(stat -> pids.contains(stat.session()))
        .collect(
            Collectors.toMap(
                ProcessStat::session,
                stat ->
                    new ResourceUsage(
                        stat.cpuTicks() * MachineCounter.NANOS_PER_TICK,
                        stat.residentPages() * page,
                        1),
                (one, other) ->
                    new ResourceUsage(
                        one.cpuNanos() + other.cpuNanos(),
                        one.memoryBytes() + other.memoryBytes(),
                        one.processes() + other.processes())));
  }

  @Override
  public void cleanUp(InstanceRecord record) {
    signal(record.pid(), Linux.SIGKILL);
    var marker = Environment.SOCKET + "=" + record.socket();
    for (int round = 0; round < ROUNDS; round++) {
      var left =
          ProcessStat.all().stream()
              .filter(stat -> stat.pid() != record.pid() && stat.state() != 'Z')
              .filter(stat ->
                  stat.session() == record.pid()
                      // What ran before the instance cannot come from it, and need not be read.
                      || (stat.startTime() >= record.startTime()
                          && Environment.has(stat.pid(), marker)))
              .toList();
      if (left.isEmpty()) {
        return;
      }
      left.forEach(stat -> Linux.kill(stat.pid(), Linux.SIGKILL));
    }
  }
}

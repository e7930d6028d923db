package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Ends all instances when the server ends, whatever ended it: a shell in a session of its own that
/// reads from a pipe of which only the server has the other end. At the end of the pipe it finds
/// the instances by the environment that they were started with, which their children have as well,
/// so it needs to be told of none, and kills their process groups.
final class Guardian implements AutoCloseable {
  // Twice, as a process that forks may be missed once.
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      while read -r _; do :; done
      for round in 1 2 3; do
        for file in $(grep -alF "EBB_SOCKET=$1/" /proc/[0-9]*/environ 2>/dev/null); do
          pid=${file#/proc/}; pid=${pid%/environ}
          [ "$pid" = "$$" ] && continue
          kill -KILL "-$pid" 2>/dev/null
          kill -KILL "$pid" 2>/dev/null
        done
      done
      """;

  private final long pid;
  private final int pipe;

  private Guardian(long pid, int pipe) {
    this.pid = pid;
    this.pipe = pipe;
  }

  static Guardian start(NodePaths paths) throws IOException {
    var ends = Linux.pipe();
    try {
      long pid =
          Spawn.start(
              new Spawn.Request(
                  List.of("/bin/sh", "-c", SCRIPT, "ebb-guardian", paths.sockets().toString()),
                  Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"),
                  Path.of("/"),
                  new Spawn.LogFile(ends[0], Path.of("/dev/null"))));
      return new Guardian(pid, ends[1]);
    } catch (IOException e) {
      Linux.close(ends[1]);
      throw e;
    } finally {
      Linux.close(ends[0]);
    }
  }

  long pid() {
    return pid;
  }

  /// Lets it end what is left, and itself.
  @Override
  public void close() {
    Linux.close(pipe);
    Linux.reap(pid);
  }
}

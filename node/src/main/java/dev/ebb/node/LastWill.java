package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A command that is run when this process has ended and has not taken it back, whatever ended it:
/// a shell in a session of its own waits for the end of a pipe of which only this process has the
/// other end.
public final class LastWill implements AutoCloseable {
  // More than once, for this process may not be reaped yet, and then looks alive.
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      while read -r _; do :; done
      for round in 1 2 3 4 5; do
        "$@" </dev/null >/dev/null 2>&1 && exit
        sleep 1
      done
      """;

  private final long pid;
  private final int pipe;

  private LastWill(long pid, int pipe) {
    this.pid = pid;
    this.pipe = pipe;
  }

  /// @param command its first word is an absolute path; it is run again a few times while it fails
  /// @throws IOException with the operating system's reason
  public static LastWill open(List<String> command) throws IOException {
    var ends = Linux.pipe();
    try {
      var words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "ebb-last-will"));
      words.addAll(command);
      long pid =
          Spawn.start(
              new Spawn.Request(
                  words,
                  Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                  Path.of("").toAbsolutePath(),
                  new Spawn.LogFile(ends[0], Path.of("/dev/null"))));
      return new LastWill(pid, ends[1]);
    } catch (IOException e) {
      Linux.close(ends[1]);
      throw e;
    } finally {
      Linux.close(ends[0]);
    }
  }

  /// Takes it back.
  @Override
  public void close() {
    Linux.kill(pid, Linux.SIGKILL);
    Linux.close(pipe);
    Linux.reap(pid);
  }
}

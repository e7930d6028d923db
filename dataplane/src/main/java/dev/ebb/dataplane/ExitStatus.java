package dev.ebb.dataplane;

/// How a process ended.
///
/// @param code the exit code, 128 + signal when killed; -1 when unknown, because the process was
///   adopted from an earlier server and is not its child
/// @param signal 0 when it exited by itself
/// @param reason `Completed`, `Error`, `OOMKilled`, `StartTimeout`, `Stopped`, `Unknown`
/// @param lastLogLines the end of its output, at most 20 lines and 4 KiB
/// @param message its last words (Kubernetes's termination message), at most 4 KiB
public record ExitStatus(int code, int signal, String reason, String lastLogLines, String message) {
  /// Without a message.
  public ExitStatus(int code, int signal, String reason, String lastLogLines) {
    this(code, signal, reason, lastLogLines, "");
  }
}

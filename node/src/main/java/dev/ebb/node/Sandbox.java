package dev.ebb.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What separates an instance from the machine and from others. One sandbox holds one instance: its
/// first process and all that come from it. Thread-safe.
interface Sandbox {
  /// @param command its first word is an absolute path
  /// @param directory the instance's own; the working directory
  /// @param log gets the output, appended
  record Spec(List<String> command, Map<String, String> environment, Path directory, Path log) {}

  /// Starts the first process.
  ///
  /// @return its number
  /// @throws IOException with the operating system's reason; then nothing is left behind
  long start(Spec spec) throws IOException;

  /// Signals all processes of the sandbox.
  void signal(long pid, int signal);

  /// Ends what is left of the sandbox when its first process has ended. To be called before that
  /// process is reaped, as its number is the sandbox's name.
  void cleanUp(InstanceRecord record);
}

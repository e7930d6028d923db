package dev.ebb.node;

import dev.ebb.dataplane.InstanceId;
import dev.ebb.node.sandbox.ResourceUsage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What separates an instance from the machine and from others. One sandbox holds one instance: its
/// first process and all that come from it. Thread-safe.
interface Sandbox {
  /// @param command its first word is an absolute path
  /// @param directory the instance's own; the working directory
  /// @param log gets the output, appended
  /// @param namespace of the instance
  /// @param labels of its Pod
  /// @param memoryLimit bytes; 0 for none
  record Spec(
      List<String> command,
      Map<String, String> environment,
      Path directory,
      Path log,
      String namespace,
      Map<String, String> labels,
      long memoryLimit,
      OptionalInt cpuMillis) {}

  /// Starts the first process.
  ///
  /// @return its number
  /// @throws IOException with the operating system's reason; then nothing is left behind
  long start(Spec spec) throws IOException;

  /// Whether [#create] does anything.
  default boolean creates() {
    return false;
  }

  /// Does all of a start but to run the program, so that a [#start] of an equal specification has
  /// only that to do.
  ///
  /// @throws IOException as [#start]
  default void create(Spec spec) throws IOException {
    throw new UnsupportedOperationException();
  }

  /// Takes away what was created and not started.
  default void discard(Spec spec) {}

  /// Signals all processes of the sandbox.
  void signal(long pid, int signal);

  /// Ends what is left of the sandbox when its first process has ended. To be called before that
  /// process is reaped, as its number is the sandbox's name.
  void cleanUp(InstanceRecord record);

  /// Brings a socket to its place that the instance made elsewhere. Asked again and again until it
  /// listens.
  default void reveal(Path socket) {}

  /// Whether the kernel has ended it for its memory. To be asked before it is cleaned up.
  default boolean oomKilled(InstanceRecord record) {
    return false;
  }

  /// Goes through a start without an instance.
  void rehearse() throws IOException;

  /// An instance of an earlier boot: its processes are gone, and perhaps not all of its files.
  default void forget(InstanceRecord record) {}

  /// An instance of an earlier server goes on.
  default void adopt(InstanceRecord record) {}

  /// Takes away files of instances that are not among these, and were never written down.
  default void forgetAllBut(Set<InstanceId> known) throws IOException {}

  /// Names that the container runtime knows those by which were adopted or started.
  default Set<String> containers() {
    return Set.of();
  }

  /// Where a port can be reached on which something listens inside; empty when nothing does, and
  /// where there is no inside.
  default Optional<InetSocketAddress> listening(long pid, int port) {
    return Optional.empty();
  }

  /// What sandboxes use, by the numbers of their first processes; those that are gone are left out.
  Map<Long, ResourceUsage> usage(Set<Long> pids);

  /// Whether there is an inside that commands can be run in.
  default boolean hasInside() {
    return false;
  }

  /// Runs a command in the sandbox; empty where there is no inside.
  ///
  /// @throws IOException with a reason for the user
  default Optional<InstanceCommand> exec(long pid, List<String> command, boolean terminal)
      throws IOException {
    return Optional.empty();
  }
}

package dev.ebb.node.sandbox;

import dev.ebb.node.Console;
import dev.ebb.node.InstanceCommand;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Runs containers. They live on when the server ends; all that is needed to signal and delete one
/// later is its name and bundle. Thread-safe; blocks for a few milliseconds.
public interface ContainerRuntime extends AutoCloseable {
  /// Whether [#create] is possible.
  boolean creates();

  /// Does all of a start but to run the program, so that a [#start] of an equal specification has
  /// only that to do. The first process waits in its namespaces and its cgroup; [#delete] takes it
  /// away like any other.
  ///
  /// @throws SandboxException when no process came into being; then nothing is left
  RunningContainer create(ContainerSpec spec);

  /// @throws SandboxException when no process came into being; then nothing is left
  RunningContainer start(ContainerSpec spec);

  /// Signals the first process. Nothing happens when there is none.
  void signal(String id, int signal);

  /// Kills all processes and takes away cgroup, mounts, bundle and the runtime's own state.
  /// Idempotent; also for containers of an earlier server. The first process is left to be reaped
  /// by whoever waits for it.
  void delete(String id, Path bundle);

  /// Runs a command in the container: its namespaces, cgroup, user and environment.
  ///
  /// @throws IOException with a reason for the user
  InstanceCommand exec(String id, List<String> command, boolean terminal) throws IOException;

  /// The terminal of its first process; empty when it has none, or an earlier server had it.
  default Optional<Console> console(String id) {
    return Optional.empty();
  }

  /// The standard input of its first process; empty when nothing can be written to it. Closing it
  /// ends the input of a container whose input is to end.
  ///
  /// @throws IOException when the container is gone
  default Optional<OutputStream> input(String id) throws IOException {
    return Optional.empty();
  }

  /// Empty when there is no such container.
  Optional<ResourceUsage> usage(String id);

  /// Whether the kernel has ended a process of the container because of its memory limit. To be
  /// asked before it is deleted.
  boolean oomKilled(String id);

  /// Names of the containers of this runtime's owner that are there, running or not: what earlier
  /// servers left, too.
  List<String> left();

  /// Gives back what is held ready. Containers are left alone.
  @Override
  void close();
}

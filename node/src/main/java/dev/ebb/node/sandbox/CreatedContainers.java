package dev.ebb.node.sandbox;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// Containers that are `created` in the words of the OCI runtime specification: all is there, and
/// the first process waits at a pipe until it is told to run the program. crun would be told by
/// `crun start`, which costs a process; what that does is done here. Thread-safe.
final class CreatedContainers {
  private static final String PIPE = "exec.fifo";

  private final Path stateRoot;
  private final Map<String, Created> waiting = new ConcurrentHashMap<>();

  private record Created(ContainerSpec spec, RunningContainer container) {}

  /// @param stateRoot of crun
  CreatedContainers(Path stateRoot) {
    this.stateRoot = stateRoot;
  }

  void add(ContainerSpec spec, RunningContainer container) {
    waiting.put(spec.id(), new Created(spec, container));
  }

  void forget(String id) {
    waiting.remove(id);
  }

  boolean isWaiting(String id) {
    return waiting.containsKey(id);
  }

  /// Runs the program of the container, once.
  ///
  /// @return empty when there is none that is as this specification says, or it has ended meanwhile
  Optional<RunningContainer> start(ContainerSpec spec) {
    Created created = waiting.remove(spec.id());
    if (created == null || !created.spec().equals(spec) || !letGo(spec.id())) {
      return Optional.empty();
    }
    RunningContainer container = created.container();
    return Optional.of(
        new RunningContainer(
            container.id(), container.pid(), container.startTime(), System.nanoTime()));
  }

  private boolean letGo(String id) {
    Path pipe = stateRoot.resolve(id).resolve(PIPE);
    OptionalInt opened = SystemCalls.openWrite(pipe);
    if (opened.isEmpty()) {
      return false;
    }
    try {
      // Its absence is what tells crun that the container runs.
      Files.delete(pipe);
      SystemCalls.writeByte(opened.getAsInt());
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      Linux.close(opened.getAsInt());
    }
  }
}

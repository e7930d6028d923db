package dev.ebb.node;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The commands that run in instances. Thread-safe.
final class InstanceCommands implements AutoCloseable {
  /// Each costs three threads and five descriptors.
  static final int MAX = 32;

  private final Set<InstanceCommand> running = ConcurrentHashMap.newKeySet();

  /// Starts a command.
  @FunctionalInterface
  interface Start {
    InstanceCommand start() throws IOException;
  }

  /// Starts one of the many ways when not too many run; it counts until it is closed.
  ///
  /// @throws IOException with a reason for the user
  InstanceCommand counted(Start start) throws IOException {
    if (running.size() >= MAX) {
      throw new IOException("%d commands are running, which is the most".formatted(MAX));
    }
    var command = new CountedCommand(start.start(), running::remove);
    running.add(command);
    return command;
  }

  @Override
  public void close() {
    running.forEach(InstanceCommand::close);
  }
}

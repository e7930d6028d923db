package dev.ebb.node;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// A command that runs beside an instance. Each stream may be used by one thread.
///
/// @see NodeInstances#run
public interface InstanceCommand extends AutoCloseable {
  /// Its standard input, or its terminal; closing ends it.
  OutputStream input();

  /// Its standard output, or all that its terminal shows.
  InputStream output();

  /// Its standard error; ends at once when it has a terminal.
  InputStream errors();

  /// Nothing happens to a command without a terminal.
  void resize(int columns, int rows);

  /// Waits until it has ended.
  ///
  /// @return the exit code, or 128 + signal
  int await() throws InterruptedException;

  /// Why it was never run, for the user: found out when it has ended at once. Empty when it ran.
  default Optional<String> refusal() {
    return Optional.empty();
  }

  /// Ends its session if it runs, and the streams. Idempotent.
  @Override
  void close();
}

package dev.ebb.node;

import java.io.InputStream;
import java.io.OutputStream;

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

  /// Ends its session if it runs, and the streams. Idempotent.
  @Override
  void close();
}

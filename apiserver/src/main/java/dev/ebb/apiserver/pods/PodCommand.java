package dev.ebb.apiserver.pods;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// A command that runs in a Pod. Each stream is used by one thread.
public interface PodCommand extends AutoCloseable {
  OutputStream input();

  InputStream output();

  /// Without any bytes when it has a terminal.
  InputStream errors();

  void resize(int columns, int rows);

  /// Waits until it has ended.
  ///
  /// @return the exit code
  int await() throws InterruptedException;

  /// Why it was never run; asked when it has ended. Empty when it ran.
  default Optional<String> refusal() {
    return Optional.empty();
  }

  /// Ends it if it runs, and its streams.
  @Override
  void close();
}

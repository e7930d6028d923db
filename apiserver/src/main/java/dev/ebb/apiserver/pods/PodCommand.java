package dev.ebb.apiserver.pods;

import java.io.InputStream;
import java.io.OutputStream;

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

  /// Ends it if it runs, and its streams.
  @Override
  void close();
}

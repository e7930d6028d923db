package dev.ebb.apiserver.pods;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Moves bytes from one stream to another.
final class Copy {
  private static final System.Logger LOGGER = System.getLogger(Copy.class.getName());
  private static final int BUFFER = 32 << 10;

  private Copy() {}

  /// Until the end of the input. Whatever was read is written before the next read.
  static void all(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  /// The same for an output that keeps what is not flushed.
  static void allFlushed(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
      to.flush();
    }
  }

  @FunctionalInterface
  interface Work {
    void run() throws IOException;
  }

  /// On a thread of its own. That a connection breaks is how connections end; it is only logged.
  static Thread start(String name, Work work) {
    return Thread.ofVirtual().name(name).start(() -> quietly(work));
  }

  static void quietly(Work work) {
    try {
      work.run();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "A stream ended early", e);
    }
  }
}

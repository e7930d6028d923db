package dev.ebb.node;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Somebody who is attached to the first process of a container, in the form of a command: it ends
/// when that process does, and closing it only lets go.
final class InstanceAttachment implements InstanceCommand {
  private static final Logger LOG = System.getLogger(InstanceAttachment.class.getName());

  private final OutputStream input;
  private final InputStream output;
  private final Optional<Console> console;
  private final CountDownLatch ended = new CountDownLatch(1);

  /// @param input of which closing ends the container's input, where that is to end
  /// @param output ends with the process
  /// @param console its terminal, if it has one
  InstanceAttachment(OutputStream input, InputStream output, Optional<Console> console) {
    this.input = input;
    this.output = output;
    this.console = console;
  }

  @Override
  public OutputStream input() {
    return input;
  }

  @Override
  public InputStream output() {
    return new FilterInputStream(output) {
      @Override
      public int read() throws IOException {
        return told(super.read());
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        return told(super.read(into, offset, length));
      }
    };
  }

  private int told(int read) {
    if (read < 0) {
      ended.countDown();
    }
    return read;
  }

  /// The log of a container has both of its streams.
  @Override
  public InputStream errors() {
    return InputStream.nullInputStream();
  }

  @Override
  public void resize(int columns, int rows) {
    console.ifPresent(it -> it.resize(columns, rows));
  }

  /// Until its output is at its end, and was read.
  ///
  /// @return 0: how the process ended is told by its Pod
  @Override
  public int await() throws InterruptedException {
    ended.await();
    return 0;
  }

  @Override
  public void close() {
    for (AutoCloseable stream : new AutoCloseable[] {input, output}) {
      try {
        stream.close();
      } catch (Exception e) {
        LOG.log(Level.DEBUG, "the end of an attachment", e);
      }
    }
    ended.countDown();
  }
}

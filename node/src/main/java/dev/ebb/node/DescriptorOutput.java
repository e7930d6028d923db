package dev.ebb.node;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Writes to a descriptor that does not block, so that a virtual thread may: it tries again in a
/// while when a reader is slow. Several may write, a piece at a time. Closing does not close the
/// descriptor.
public final class DescriptorOutput extends OutputStream {
  private static final long WHILE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final int descriptor;
  private final Lock using;
  private final BooleanSupplier ended;

  /// @param using held while the descriptor is used
  /// @param ended whether it is closed, asked under the lock
  public DescriptorOutput(int descriptor, Lock using, BooleanSupplier ended) {
    this.descriptor = descriptor;
    this.using = using;
    this.ended = ended;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int written = 0;
    while (written < length) {
      int count = some(bytes, offset + written, length - written);
      written += count;
      if (count == 0) {
        LockSupport.parkNanos(WHILE_NANOS);
        if (Thread.currentThread().isInterrupted()) {
          throw new IOException("interrupted while a program reads no input");
        }
      }
    }
  }

  private int some(byte[] bytes, int offset, int length) throws IOException {
    using.lock();
    try {
      if (ended.getAsBoolean()) {
        throw new IOException("the container's input is closed");
      }
      return DescriptorIo.write(descriptor, bytes, offset, length);
    } finally {
      using.unlock();
    }
  }
}

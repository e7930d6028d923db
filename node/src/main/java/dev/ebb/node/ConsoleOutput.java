package dev.ebb.node;

import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one who is attached sees of a console. The container must not wait for a client that does
/// not read, so one who leaves too much behind is cut off. One thread reads, one puts.
final class ConsoleOutput extends InputStream {
  static final int MAX_BYTES = 1 << 20;

  private final Consumer<ConsoleOutput> onClose;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private int size;
  private int position;
  private boolean ended;

  ConsoleOutput(Consumer<ConsoleOutput> onClose) {
    this.onClose = onClose;
  }

  /// Never waits.
  void put(byte[] bytes, int length) {
    lock.lock();
    try {
      if (ended || length == 0) {
        return;
      }
      if (size + length > MAX_BYTES) {
        ended = true;
      } else {
        pieces.add(Arrays.copyOf(bytes, length));
        size += length;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nothing more comes; what was put can still be read.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws InterruptedIOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws InterruptedIOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      byte[] piece = await();
      if (piece == null) {
        return -1;
      }
      int count = Math.min(length, piece.length - position);
      System.arraycopy(piece, position, into, offset, count);
      position += count;
      size -= count;
      if (position == piece.length) {
        pieces.remove();
        position = 0;
      }
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      lock.unlock();
    }
  }

  private byte @Nullable [] await() throws InterruptedException {
    while (pieces.isEmpty() && !ended) {
      changed.await();
    }
    return pieces.peek();
  }

  @Override
  public void close() {
    onClose.accept(this);
    end();
  }
}

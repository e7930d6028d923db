package dev.ebb.apiserver.pods;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bytes on their way from the one thread that reads a WebSocket to the one that uses them: what is
/// read here was put there, up to a bound.
final class Backlog extends InputStream {
  static final int MAX_BYTES = 1 << 20;

  private static final Duration STILL_THERE = Duration.ofSeconds(10);

  private final Copy.Work probe;
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private int size;
  private boolean finished;
  private boolean closed;
  private byte @Nullable [] piece;
  private int position;

  /// @param probe fails when the client has gone; called now and then while nothing is read from it
  Backlog(Copy.Work probe) {
    this.probe = probe;
  }

  /// Waits while the backlog is full; does nothing when nobody reads any more.
  void put(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return;
    }
    while (!tryPut(bytes)) {
      probe.run();
    }
  }

  /// The end of what comes.
  void finish() {
    lock.lock();
    try {
      finished = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    byte[] from = piece == null ? take() : piece;
    if (from == null) {
      return -1;
    }
    int count = Math.min(length, from.length - position);
    System.arraycopy(from, position, into, offset, count);
    position += count;
    piece = position == from.length ? null : from;
    return count;
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      pieces.clear();
      size = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean tryPut(byte[] bytes) throws InterruptedIOException {
    lock.lock();
    try {
      long nanos = STILL_THERE.toNanos();
      while (size >= MAX_BYTES && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (closed) {
        return true;
      }
      if (size >= MAX_BYTES) {
        return false;
      }
      pieces.add(bytes);
      size += bytes.length;
      changed.signalAll();
      return true;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  private byte @Nullable [] take() throws InterruptedIOException {
    lock.lock();
    try {
      while (pieces.isEmpty()) {
        if (finished || closed) {
          return null;
        }
        changed.await();
      }
      byte[] next = pieces.remove();
      size -= next.length;
      position = 0;
      changed.signalAll();
      return next;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }
}

package dev.ebb.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A request's body as a stream: filled by an event loop, which never waits, and read by a virtual
/// thread, which does.
final class BodyStream extends InputStream {
  private static final int CAPACITY = 64 * 1024;

  private final Runnable wanted;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private int offset;
  private int queued;
  private boolean complete;
  private boolean broken;

  /// @param wanted called, on the reader's thread, when there is room again
  BodyStream(Runnable wanted) {
    this.wanted = wanted;
  }

  boolean hasRoom() {
    lock.lock();
    try {
      return queued < CAPACITY;
    } finally {
      lock.unlock();
    }
  }

  void add(byte[] piece, boolean last) {
    lock.lock();
    try {
      if (piece.length > 0) {
        pieces.add(piece);
        queued += piece.length;
      }
      complete |= last;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// All that came so far and was not read, which stays to be read.
  byte[] peek() {
    lock.lock();
    try {
      if (pieces.size() == 1 && offset == 0) {
        return pieces.getFirst();
      }
      byte[] whole = new byte[queued];
      int length = 0;
      for (byte[] piece : pieces) {
        int from = length == 0 ? offset : 0;
        System.arraycopy(piece, from, whole, length, piece.length - from);
        length += piece.length - from;
      }
      return whole;
    } finally {
      lock.unlock();
    }
  }

  /// The client left: the reader gets an exception.
  void fail() {
    lock.lock();
    try {
      broken = true;
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
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count;
    boolean room;
    lock.lock();
    try {
      while (pieces.isEmpty() && !complete && !broken) {
        changed.await();
      }
      if (broken) {
        throw new IOException("the client left before its request was complete");
      }
      if (pieces.isEmpty()) {
        return -1;
      }
      byte[] first = pieces.getFirst();
      count = Math.min(length, first.length - offset);
      System.arraycopy(first, offset, target, from, count);
      offset += count;
      if (offset == first.length) {
        pieces.removeFirst();
        offset = 0;
      }
      room = queued >= CAPACITY && queued - count < CAPACITY;
      queued -= count;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the gateway is closing");
    } finally {
      lock.unlock();
    }
    if (room) {
      wanted.run();
    }
    return count;
  }
}

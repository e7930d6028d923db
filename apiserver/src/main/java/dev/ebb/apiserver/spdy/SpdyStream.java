package dev.ebb.apiserver.spdy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// One stream of a session. Its input and its output may be used by one thread each.
public final class SpdyStream {
  /// As large as the pieces in which Go's clients send.
  private static final int MAX_DATA = 32 << 10;

  private static final int CANCEL = 5;

  private final SpdySession session;
  private final int id;
  private final Map<String, String> headers;
  private final InputStream input = new Input();
  private final OutputStream output = new Output();
  private final Condition data;

  /// Bytes that this side may still send; guarded by the session's lock, as all below.
  long sendWindow;

  private final Deque<byte[]> received = new ArrayDeque<>();
  private boolean remoteFinished;
  private boolean localFinished;
  private boolean inputClosed;

  /// Nothing can be sent any more.
  private boolean aborted;

  /// Nothing can be read any more.
  private boolean broken;

  private int unreported;

  SpdyStream(SpdySession session, int id, Map<String, String> headers, long sendWindow) {
    this.session = session;
    this.id = id;
    this.headers = Map.copyOf(headers);
    this.sendWindow = sendWindow;
    this.data = session.lock.newCondition();
  }

  /// Those of the frame that opened it, with names in lower case.
  public Map<String, String> headers() {
    return headers;
  }

  /// Accepts the stream; to be called once and before anything is written.
  public void reply() throws IOException {
    session.writer.synReply(id, Map.of());
  }

  /// Ends with the client's half of the stream; fails when the stream was reset or the session
  /// ended before.
  public InputStream input() {
    return input;
  }

  /// Each write is sent at once, and waits while the client holds it back. Closing ends this half.
  public OutputStream output() {
    return output;
  }

  /// Ends both halves at once, if they have not ended.
  public void reset() throws IOException {
    if (abort()) {
      session.writer.rstStream(id, CANCEL);
    }
  }

  /// Whether the client reset the stream, or the session has ended.
  public boolean isAborted() {
    session.lock.lock();
    try {
      return aborted;
    } finally {
      session.lock.unlock();
    }
  }

  /// @return false when both halves had ended
  boolean abort() {
    session.lock.lock();
    try {
      boolean first = !aborted && !(remoteFinished && localFinished);
      aborted = true;
      broken = true;
      dropReceived();
      data.signalAll();
      session.wake();
      return first;
    } finally {
      session.lock.unlock();
      session.forget(id);
    }
  }

  /// The session is over: nothing can be sent any more, but what had come whole can be read.
  void sessionEnded() {
    session.lock.lock();
    try {
      if (remoteFinished) {
        aborted = true;
        session.wake();
      } else {
        abort();
      }
    } finally {
      session.lock.unlock();
    }
  }

  /// Called with the lock held.
  boolean aborted() {
    return aborted;
  }

  /// @return false when nobody will read it
  boolean offer(byte[] bytes) {
    session.lock.lock();
    try {
      if (aborted || inputClosed || remoteFinished) {
        return false;
      }
      received.add(bytes);
      session.buffered(bytes.length);
      data.signalAll();
      return true;
    } finally {
      session.lock.unlock();
    }
  }

  void remoteFinished() {
    session.lock.lock();
    try {
      remoteFinished = true;
      data.signalAll();
      forgetWhenDone();
    } finally {
      session.lock.unlock();
    }
  }

  private void forgetWhenDone() {
    if (remoteFinished && localFinished) {
      session.forget(id);
    }
  }

  private void dropReceived() {
    int dropped = received.stream().mapToInt(bytes -> bytes.length).sum();
    received.clear();
    session.unbuffered(dropped);
  }

  private final class Input extends InputStream {
    private byte @Nullable [] piece;
    private int position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      byte[] from = piece;
      if (from == null) {
        from = take();
        position = 0;
      }
      if (from == null) {
        return -1;
      }
      int count = Math.min(length, from.length - position);
      System.arraycopy(from, position, into, offset, count);
      position += count;
      piece = position == from.length ? null : from;
      return count;
    }

    private byte @Nullable [] take() throws IOException {
      byte[] next;
      int delta = 0;
      session.lock.lock();
      try {
        while (received.isEmpty()) {
          if (broken) {
            throw new IOException("the stream was closed");
          }
          if (remoteFinished || inputClosed) {
            return null;
          }
          data.await();
        }
        next = received.remove();
        session.unbuffered(next.length);
        unreported += next.length;
        if (unreported >= SpdySession.WINDOW / 2 && !remoteFinished) {
          delta = unreported;
          unreported = 0;
        }
      } catch (InterruptedException e) {
        throw SpdySession.interrupted();
      } finally {
        session.lock.unlock();
      }
      if (delta > 0) {
        session.writer.windowUpdate(id, delta);
      }
      session.consumed(next.length);
      return next;
    }

    @Override
    public void close() {
      session.lock.lock();
      try {
        inputClosed = true;
        dropReceived();
        data.signalAll();
      } finally {
        session.lock.unlock();
      }
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int sent = 0;
      while (sent < length) {
        int count = session.reserve(SpdyStream.this, Math.min(length - sent, MAX_DATA));
        session.writer.data(id, /* fin= */ false, bytes, offset + sent, count);
        sent += count;
      }
    }

    @Override
    public void close() throws IOException {
      session.lock.lock();
      try {
        if (localFinished || aborted) {
          return;
        }
        localFinished = true;
        forgetWhenDone();
      } finally {
        session.lock.unlock();
      }
      session.writer.data(id, /* fin= */ true, new byte[0], 0, 0);
    }
  }
}

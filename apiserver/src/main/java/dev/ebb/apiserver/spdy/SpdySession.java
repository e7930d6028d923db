package dev.ebb.apiserver.spdy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The server's side of SPDY/3.1 over one connection: streams that the client opens.
///
/// The Go library that every Kubernetes client uses has no flow control: it neither minds windows
/// nor opens them. So this side keeps to the windows of a peer that speaks of them (a SETTINGS or
/// WINDOW_UPDATE frame), and for the others the connection itself holds back who sends too much:
/// when [SpdyLimits#bufferedBytes] lie unread, nothing more is read. The windows of this side are
/// opened as data are read, for peers that mind them.
///
/// One thread calls [#run]; streams may be used by any.
///
/// @see <a href="https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/">SPDY/3.1</a>
public final class SpdySession {
  static final int WINDOW = 64 << 10;

  private static final int PIECE = 16 << 10;
  private static final int PROTOCOL_ERROR = 1;
  private static final int REFUSED_STREAM = 3;
  private static final int OWN_PING = 2;
  private static final Duration STILL_THERE = Duration.ofSeconds(10);

  final ReentrantLock lock = new ReentrantLock();
  final SpdyWriter writer;

  private final InputStream input;
  private final SpdyHeaders headers = new SpdyHeaders();
  private final SpdyReader reader;
  private final SpdyLimits limits;
  private final Consumer<SpdyStream> opened;

  /// Space in the buffers, or in the peer's windows, or the end.
  private final Condition room = lock.newCondition();

  // All guarded by the lock.
  private final Map<Integer, SpdyStream> streams = new HashMap<>();
  private int lastStream;
  private long buffered;
  private boolean ended;
  private boolean mindsStreamWindows;
  private boolean mindsSessionWindow;
  private long initialWindow = WINDOW;
  private long sessionWindow = WINDOW;
  private int unreported;

  /// @param opened gets each new stream, on the thread of [#run]; must not block
  public SpdySession(
      InputStream input, OutputStream output, SpdyLimits limits, Consumer<SpdyStream> opened) {
    this.input = input;
    this.writer = new SpdyWriter(output, headers);
    this.reader = new SpdyReader(input, headers);
    this.limits = limits;
    this.opened = opened;
  }

  /// Reads until the client goes, breaks the rules, or the thread is interrupted. All streams have
  /// ended when it returns.
  ///
  /// @throws IOException when the connection broke
  public void run() throws IOException {
    try {
      Optional<SpdyFrame> frame = reader.next();
      while (frame.isPresent()) {
        handle(frame.get());
        frame = reader.next();
      }
    } catch (SpdyException e) {
      writer.goAway(lastStream, PROTOCOL_ERROR);
    } finally {
      end();
    }
  }

  /// How many streams are open.
  public int openStreams() {
    lock.lock();
    try {
      return streams.size();
    } finally {
      lock.unlock();
    }
  }

  private void handle(SpdyFrame frame) throws IOException {
    switch (frame) {
      case SpdyFrame.SynStream syn -> open(syn);
      case SpdyFrame.Data data -> receive(data);
      case SpdyFrame.RstStream rst -> find(rst.stream()).ifPresent(SpdyStream::abort);
      case SpdyFrame.Settings settings -> settings(settings);
      case SpdyFrame.WindowUpdate update -> widen(update);
      case SpdyFrame.Ping ping -> {
        // Even ones would be answers to this side, which waits for none.
        if ((ping.id() & 1) == 1) {
          writer.ping(ping.id());
        }
      }
      case SpdyFrame.Headers more -> {
        if (more.fin()) {
          find(more.stream()).ifPresent(SpdyStream::remoteFinished);
        }
      }
      // This side opens no streams; what the client still has open goes on after a GOAWAY.
      case SpdyFrame.SynReply _, SpdyFrame.GoAway _, SpdyFrame.Unknown _ -> {}
    }
  }

  private void open(SpdyFrame.SynStream syn) throws IOException {
    SpdyStream stream;
    lock.lock();
    try {
      if ((syn.stream() & 1) == 0 || syn.stream() <= lastStream) {
        throw new SpdyException("a new stream with number " + syn.stream());
      }
      lastStream = syn.stream();
      if (streams.size() >= limits.streams()) {
        writer.rstStream(syn.stream(), REFUSED_STREAM);
        return;
      }
      stream = new SpdyStream(this, syn.stream(), syn.headers(), initialWindow);
      streams.put(syn.stream(), stream);
    } finally {
      lock.unlock();
    }
    if (syn.fin()) {
      stream.remoteFinished();
    }
    opened.accept(stream);
  }

  private void receive(SpdyFrame.Data data) throws IOException {
    Optional<SpdyStream> stream = find(data.stream());
    int left = data.length();
    while (left > 0) {
      awaitRoom();
      byte[] piece = new byte[Math.min(left, PIECE)];
      int count = input.readNBytes(piece, 0, piece.length);
      if (count < piece.length) {
        throw new EOFException("the input ends in a frame");
      }
      left -= count;
      if (stream.isEmpty() || !stream.get().offer(piece)) {
        // Data of a stream that this side has ended may be under way; nobody wants them.
        consumed(count);
      }
    }
    if (data.fin()) {
      stream.ifPresent(SpdyStream::remoteFinished);
    }
  }

  private void awaitRoom() throws IOException {
    while (!hasRoom()) {
      // While nothing is read, only a write finds out that the client has gone.
      writer.ping(OWN_PING);
    }
  }

  /// Waits for [#STILL_THERE].
  private boolean hasRoom() throws InterruptedIOException {
    lock.lock();
    try {
      long nanos = STILL_THERE.toNanos();
      while (buffered >= limits.bufferedBytes() && nanos > 0) {
        nanos = room.awaitNanos(nanos);
      }
      return buffered < limits.bufferedBytes();
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  private void settings(SpdyFrame.Settings settings) {
    if (settings.initialWindow() < 0) {
      return;
    }
    lock.lock();
    try {
      mindsStreamWindows = true;
      long change = settings.initialWindow() - initialWindow;
      initialWindow = settings.initialWindow();
      streams.values().forEach(stream -> stream.sendWindow += change);
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void widen(SpdyFrame.WindowUpdate update) throws SpdyException {
    lock.lock();
    try {
      long window;
      if (update.stream() == 0) {
        mindsSessionWindow = true;
        sessionWindow += update.delta();
        window = sessionWindow;
      } else {
        mindsStreamWindows = true;
        SpdyStream stream = streams.get(update.stream());
        if (stream == null) {
          return;
        }
        stream.sendWindow += update.delta();
        window = stream.sendWindow;
      }
      if (window > Integer.MAX_VALUE) {
        throw new SpdyException("a window of more than 2 GiB");
      }
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private Optional<SpdyStream> find(int stream) {
    lock.lock();
    try {
      return Optional.ofNullable(streams.get(stream));
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    List<SpdyStream> left;
    lock.lock();
    try {
      ended = true;
      left = List.copyOf(streams.values());
      room.signalAll();
    } finally {
      lock.unlock();
    }
    left.forEach(SpdyStream::sessionEnded);
    headers.close();
  }

  /// How many bytes the stream may send now, at most `wanted`; waits until it is one at least.
  int reserve(SpdyStream stream, int wanted) throws IOException {
    lock.lock();
    try {
      while (true) {
        if (ended || stream.aborted()) {
          throw new IOException("the stream was closed");
        }
        long allowed = wanted;
        if (mindsStreamWindows) {
          allowed = Math.min(allowed, stream.sendWindow);
        }
        if (mindsSessionWindow) {
          allowed = Math.min(allowed, sessionWindow);
        }
        if (allowed > 0) {
          stream.sendWindow -= allowed;
          sessionWindow -= allowed;
          return (int) allowed;
        }
        room.await();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      lock.unlock();
    }
  }

  /// Called with the lock held.
  void buffered(int bytes) {
    buffered += bytes;
  }

  /// Called with the lock held: bytes that lay in a buffer were read or given up.
  void unbuffered(int bytes) {
    buffered -= bytes;
    room.signalAll();
  }

  /// Called with the lock held.
  void wake() {
    room.signalAll();
  }

  /// Opens the session's window again for bytes that are done with.
  void consumed(int bytes) throws IOException {
    int delta = 0;
    lock.lock();
    try {
      unreported += bytes;
      if (unreported >= WINDOW / 2 && !ended) {
        delta = unreported;
        unreported = 0;
      }
    } finally {
      lock.unlock();
    }
    if (delta > 0) {
      writer.windowUpdate(0, delta);
    }
  }

  void forget(int stream) {
    lock.lock();
    try {
      streams.remove(stream);
    } finally {
      lock.unlock();
    }
  }

  static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }
}

package dev.ebb.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads one log line by line, with the time of each. Not thread-safe.
final class LogCursor implements AutoCloseable {
  // A longer line comes in pieces, so that a program without line ends takes no memory here.
  private static final int LINE_BYTES = 64 << 10;

  final InstanceLog log;
  private final FileChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocate(LINE_BYTES).flip();

  /// Offset of the buffer's first unread byte.
  private long position;

  private boolean inLine;
  private @Nullable Line next;

  /// @param startsLine false for the later pieces of a long line
  /// @param bytes with its line end, which only a piece of a long line lacks
  record Line(long time, boolean startsLine, ByteBuffer bytes) {
    int length() {
      return bytes.limit();
    }

    boolean isWhole() {
      return bytes.get(bytes.limit() - 1) == '\n';
    }
  }

  LogCursor(InstanceLog log) throws IOException {
    this.log = log;
    channel = FileChannel.open(log.file);
    skipTo(log.start(), log.start() > 0);
  }

  /// Goes to the first line that was seen at this time or later.
  void since(long millis) throws IOException {
    long offset = log.index.offsetAt(millis);
    if (offset > position) {
      // A line may have begun before and ended since; it belongs to the time of its beginning.
      skipTo(offset - 1, true);
    }
  }

  /// Where the last lines begin, latest first, with their times: what a tail over several logs is
  /// chosen from.
  List<long[]> lastLines(int lines) throws IOException {
    var starts = new ArrayDeque<long[]>();
    long now = System.currentTimeMillis();
    long begin = position;
    for (var line = take(true); line != null; line = take(true)) {
      if (line.startsLine()) {
        starts.addFirst(new long[] {line.time(), begin});
        if (starts.size() > lines) {
          starts.removeLast();
        }
      }
      begin = position;
    }
    return new ArrayList<>(times(starts, now));
  }

  private static Deque<long[]> times(Deque<long[]> starts, long now) {
    starts.forEach(start -> start[0] = Math.min(start[0], now));
    return starts;
  }

  void seek(long offset) throws IOException {
    skipTo(offset, false);
  }

  void seekEnd() throws IOException {
    skipTo(log.size(), false);
  }

  /// The next line without taking it; null when there is none yet.
  ///
  /// @param ended whether what has no line end is a line too
  @Nullable Line peek(BooleanSupplier ended) throws IOException {
    if (next == null) {
      next = take(ended.getAsBoolean());
    }
    return next;
  }

  void advance() {
    next = null;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void skipTo(long offset, boolean toNextLine) throws IOException {
    position = offset;
    buffer.clear().flip();
    next = null;
    inLine = toNextLine;
    if (toNextLine) {
      // The rest of a line whose beginning is gone.
      for (var rest = take(true); rest != null && inLine; rest = take(true)) {}
    }
  }

  private @Nullable Line take(boolean ended) throws IOException {
    int end = lineEnd(0);
    if (end < 0) {
      fill();
      end = lineEnd(0);
    }
    if (end < 0 && (buffer.remaining() == buffer.capacity() || ended)) {
      end = buffer.remaining();
    }
    if (end <= 0) {
      return null;
    }
    var bytes = new byte[end];
    buffer.get(bytes);
    long time = log.index.timeOf(position, System.currentTimeMillis());
    position += end;
    boolean starts = !inLine;
    inLine = bytes[end - 1] != '\n';
    return new Line(time, starts, ByteBuffer.wrap(bytes));
  }

  /// The length of the first line with its end, or -1.
  private int lineEnd(int from) {
    for (int i = buffer.position() + from; i < buffer.limit(); i++) {
      if (buffer.get(i) == '\n') {
        return i + 1 - buffer.position();
      }
    }
    return -1;
  }

  private void fill() throws IOException {
    long size = channel.size();
    if (size < position) {
      // Begun anew by a file system without holes.
      position = 0;
      buffer.clear().flip();
    }
    buffer.compact();
    long from = position + buffer.position();
    channel.read(buffer, from);
    buffer.flip();
    if (buffer.hasRemaining() && buffer.get(buffer.position()) == 0) {
      long start = log.start();
      if (start > position) {
        // The hole at the head has overtaken this reader.
        skipTo(start, true);
        inLine = false;
      }
    }
  }
}

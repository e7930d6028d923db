package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.LogQuery;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The lines of several logs in the order of their times, read when they are asked for. One thread
/// reads; any thread may close, which ends a waiting read.
final class LogStream extends InputStream {
  private static final long POLL_MILLIS = 100;

  private final LogQuery query;
  private final NodeLogs logs;
  private final Predicate<LogName> live;
  private final Map<String, LogCursor> cursors = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wakeUp = lock.newCondition();
  private boolean closed;
  private byte[] pending = new byte[0];
  private int offset;
  private boolean brokenLine;
  private @Nullable LogCursor current;

  /// @param live whether a program may still write there
  LogStream(LogQuery query, NodeLogs logs, Predicate<LogName> live) throws IOException {
    this.query = query;
    this.logs = logs;
    this.live = live;
    openNew();
    for (var cursor : cursors.values()) {
      if (query.since().isPresent()) {
        cursor.since(query.since().get().toEpochMilli());
      }
    }
    if (query.tailLines() >= 0) {
      seekTail(query.tailLines());
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (offset == pending.length && !nextLine()) {
      return -1;
    }
    int count = Math.min(length, pending.length - offset);
    System.arraycopy(pending, offset, target, from, count);
    offset += count;
    return count;
  }

  @Override
  public int available() {
    return pending.length - offset;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      wakeUp.signalAll();
      for (var cursor : cursors.values()) {
        cursor.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean nextLine() throws IOException {
    lock.lock();
    try {
      while (!closed) {
        var wasLive = query.follow() && isLive();
        var cursor = first();
        if (cursor != null) {
          take(cursor);
          return true;
        }
        if (!wasLive) {
          return false;
        }
        var ignored = wakeUp.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
        openNew();
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isLive() {
    return query.instance().map(id -> logs.isLive(id.value())).orElse(true);
  }

  private @Nullable LogCursor first() throws IOException {
    LogCursor best = null;
    long bestTime = Long.MAX_VALUE;
    for (var cursor : cursors.values()) {
      var line = cursor.peek(() -> !query.follow() || !live.test(cursor.log.name));
      // The rest of a long line goes before everything else; of two at one time the same log goes
      // on.
      if (line != null
          && (best == null
              || line.time() < bestTime
              || (line.time() == bestTime && cursor.equals(current)))) {
        best = cursor;
        bestTime = line.startsLine() ? line.time() : Long.MIN_VALUE;
      }
    }
    return best;
  }

  private void take(LogCursor cursor) throws IOException {
    var line = Objects.requireNonNull(cursor.peek(() -> true));
    cursor.advance();
    var text = new StringBuilder();
    if (brokenLine && !cursor.equals(current)) {
      text.append('\n');
    }
    if (line.startsLine()) {
      if (query.prefix()) {
        text.append('[').append(cursor.log.name.instance()).append("] ");
      }
      if (query.timestamps()) {
        text.append(Instant.ofEpochMilli(line.time())).append(' ');
      }
    }
    var head = text.toString().getBytes(UTF_8);
    pending = Arrays.copyOf(head, head.length + line.length());
    line.bytes().get(0, pending, head.length, line.length());
    offset = 0;
    current = cursor;
    brokenLine = !line.isWhole();
  }

  /// Logs that came into being since the last look; of these everything is read.
  private void openNew() throws IOException {
    for (var log : logs.find(query, cursors.keySet())) {
      cursors.put(log.file.toString(), new LogCursor(log));
    }
  }

  private void seekTail(int lines) throws IOException {
    record Start(LogCursor cursor, long time, long offset) {}
    var starts = new ArrayList<Start>();
    for (var cursor : cursors.values()) {
      for (var start : cursor.lastLines(lines)) {
        starts.add(new Start(cursor, start[0], start[1]));
      }
      cursor.seekEnd();
    }
    // Stable: within one log and time the later line stays first.
    starts.sort(Comparator.comparingLong(Start::time).reversed());
    List<Start> chosen = starts.subList(0, Math.min(lines, starts.size()));
    for (var start : chosen) {
      // Latest first, so the last seek of each log is to its earliest line.
      start.cursor().seek(start.offset());
    }
  }
}

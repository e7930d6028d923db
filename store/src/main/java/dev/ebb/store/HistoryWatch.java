package dev.ebb.store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A cursor over the history that all watches share.
///
/// A watch has no buffer of its own: it is behind as long as its cursor is, and lost when the
/// history has dropped a change that it has not returned. So the past and the present come out of
/// one place, without a seam where a change could be lost or repeated, and a thousand slow watches
/// cost no more memory than one. The cursor skips at once what does not concern the watch; busy
/// neighbours never push it out of the history.
final class HistoryWatch implements Watch {
  private final VersionedMap map;
  private final ReentrantLock lock;
  private final Condition signal;
  private final History history;
  private final String prefix;
  // Guarded by the lock, as the history is.
  private long cursor;
  private boolean closed;

  /// Made with the lock held.
  HistoryWatch(
      VersionedMap map, ReentrantLock lock, History history, String prefix, long afterRevision) {
    this.map = map;
    this.lock = lock;
    this.signal = lock.newCondition();
    this.history = history;
    this.prefix = prefix;
    this.cursor = afterRevision;
    skip();
  }

  @Override
  public Optional<Change> next(Duration timeout) throws InterruptedException {
    long nanos = saturatedNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed) {
          throw new IllegalStateException("the watch is closed");
        }
        Optional<Change> change = advance();
        if (change.isPresent() || nanos <= 0) {
          return change;
        }
        nanos = signal.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long progress() {
    lock.lock();
    try {
      return cursor;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      signal.signalAll();
    } finally {
      lock.unlock();
    }
    map.forget(this);
  }

  /// Called with the lock held, for each change right after it entered the history.
  void added(Change change) {
    if (cursor == change.revision() - 1) {
      skip();
      if (cursor < change.revision()) {
        signal.signal();
      }
    }
  }

  private Optional<Change> advance() {
    if (cursor < history.floor()) {
      throw new CompactedException(
          "the watch is at revision %d, the history begins after %d"
              .formatted(cursor, history.floor()));
    }
    if (cursor == history.newest()) {
      return Optional.empty();
    }
    cursor++;
    Change change = history.change(cursor);
    skip();
    return Optional.of(change);
  }

  /// Keeps the cursor right before the next change that concerns this watch, or at the newest.
  private void skip() {
    while (cursor < history.newest() && !history.change(cursor + 1).key().startsWith(prefix)) {
      cursor++;
    }
  }

  private static long saturatedNanos(Duration timeout) {
    return timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0
        ? Long.MAX_VALUE
        : timeout.toNanos();
  }
}

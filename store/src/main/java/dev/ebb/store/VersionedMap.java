package dev.ebb.store;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// What both drivers keep in memory: the current entries, the newest history, the watches.
///
/// Thread-safe, with one writer at a time: [#draft] and [#publish] of one write must not interleave
/// with those of another. Reads of the newest state take no lock.
final class VersionedMap {
  /// The state after a revision.
  private record Version(long revision, EntryTree entries) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final History history; // guarded by the lock, as what the watches hold is
  private final Set<HistoryWatch> watches = ConcurrentHashMap.newKeySet();
  private volatile Version newest;
  private volatile boolean closed;

  VersionedMap(HistoryLimits limits, long revision, EntryTree entries) {
    this.history = new History(limits, revision, entries);
    this.newest = new Version(revision, entries);
  }

  long revision() {
    return newest().revision();
  }

  Optional<Entry> get(String key) {
    return newest().entries().get(key);
  }

  Page list(String prefix, String startAfter, int limit, long atRevision) {
    if (limit < 0 || atRevision < 0) {
      throw new IllegalArgumentException("negative limit or revision");
    }
    Version version = atRevision == 0 ? newest() : version(atRevision);
    EntryTree entries = version.entries();
    int from = entries.rank(key -> key.compareTo(prefix) < 0 || key.compareTo(startAfter) <= 0);
    int end = entries.rank(key -> key.compareTo(prefix) < 0 || key.startsWith(prefix));
    int to = limit == 0 ? end : (int) Math.min(end, (long) from + limit);
    return new Page(
        entries.slice(from, Math.max(from, to)), version.revision(), Math.max(0, end - to));
  }

  Watch watch(String prefix, long afterRevision) {
    lock.lock();
    try {
      requireKnown(afterRevision);
      HistoryWatch watch = new HistoryWatch(this, lock, history, prefix, afterRevision);
      watches.add(watch);
      return watch;
    } finally {
      lock.unlock();
    }
  }

  void forget(HistoryWatch watch) {
    watches.remove(watch);
  }

  void compact(long revision) {
    lock.lock();
    try {
      requireOpen();
      history.compact(revision);
    } finally {
      lock.unlock();
    }
  }

  Draft draft() {
    Version version = newest();
    return new Draft(version.revision(), version.entries());
  }

  /// Shows a draft to everybody, all of its writes at once.
  void publish(Draft draft) {
    lock.lock();
    try {
      for (Step step : draft.steps()) {
        history.add(step);
        watches.forEach(watch -> watch.added(step.change()));
      }
      newest = new Version(draft.revision(), draft.entries());
    } finally {
      lock.unlock();
    }
  }

  /// Ends all watches.
  void close() {
    lock.lock(); // so that no watch is made between the two lines below
    try {
      closed = true;
      watches.forEach(HistoryWatch::close);
    } finally {
      lock.unlock();
    }
  }

  private Version newest() {
    requireOpen();
    return newest;
  }

  private Version version(long revision) {
    lock.lock();
    try {
      requireKnown(revision);
      return new Version(revision, history.entries(revision));
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
  }

  /// A revision from the future comes from another store (a data directory that was reset): who
  /// holds it must list again, too.
  private void requireKnown(long revision) {
    requireOpen();
    if (revision < history.floor() || revision > history.newest()) {
      throw new CompactedException(
          "revision %d is not in the history, which goes from %d to %d"
              .formatted(revision, history.floor(), history.newest()));
    }
  }
}

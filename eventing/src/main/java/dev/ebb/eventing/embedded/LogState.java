package dev.ebb.eventing.embedded;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// All streams, and what entries of the log mean to them: the same for entries that became durable
/// now and for those that are read at recovery. Thread-safe; changed by one thread.
final class LogState {
  private final Map<Integer, StreamState> byId = new ConcurrentHashMap<>();
  private final Map<String, StreamState> byName = new ConcurrentSkipListMap<>();
  private int nextId = 1;

  Optional<StreamState> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<StreamState> find(int id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// Sorted by name.
  Collection<StreamState> streams() {
    return byName.values();
  }

  /// A number that no stream ever had. For the writing thread alone, as [#nextId].
  int newId() {
    return nextId++;
  }

  int nextId() {
    return nextId;
  }

  void apply(Entry entry) {
    switch (entry) {
      case Entry.Stream it -> applyStream(it);
      case Entry.StreamDeleted(int id) -> delete(id);
      case Entry.CheckpointEnd it -> nextId = Math.max(nextId, it.nextStream());
      default -> {
        StreamState stream = byId.get(entry.stream());
        if (stream != null) {
          stream.lock.lock();
          try {
            applyTo(stream, entry);
            stream.changed.signalAll();
          } finally {
            stream.lock.unlock();
          }
        }
      }
    }
  }

  private void applyStream(Entry.Stream it) {
    nextId = Math.max(nextId, it.stream() + 1);
    StreamState stream = byId.get(it.stream());
    if (stream == null) {
      stream = new StreamState(it.stream(), it.name(), it.settings());
      byId.put(it.stream(), stream);
      byName.put(it.name(), stream);
    }
    stream.lock.lock();
    try {
      stream.settings = it.settings();
      stream.trim(it.first());
      stream.last = Math.max(stream.last, it.last());
      stream.staged = Math.max(stream.staged, stream.last);
      stream.lastTime = Math.max(stream.lastTime, it.lastTime());
    } finally {
      stream.lock.unlock();
    }
  }

  private void delete(int id) {
    StreamState stream = byId.remove(id);
    if (stream == null) {
      return;
    }
    byName.remove(stream.name, stream);
    stream.lock.lock();
    try {
      stream.deleted = true;
      stream.cursors().forEach(cursor -> cursor.deleted = true);
      stream.changed.signalAll();
    } finally {
      stream.lock.unlock();
    }
  }

  private static void applyTo(StreamState stream, Entry entry) {
    switch (entry) {
      case Entry.Cursor it -> {
        CursorState cursor = stream.cursor(it.cursor());
        if (cursor == null) {
          cursor = new CursorState(it.cursor(), it.name(), it.window(), it.next());
          stream.addCursor(cursor);
          for (long[] run : it.skipped()) {
            cursor.skipped.addRun(run[0], run[1]);
          }
        }
        cursor.window = it.window();
      }
      case Entry.CursorDeleted it -> stream.removeCursor(it.cursor());
      case Entry.Handed it -> {
        CursorState cursor = stream.cursor(it.cursor());
        if (cursor != null) {
          cursor.replay(it);
        }
      }
      case Entry.Settled it -> {
        CursorState cursor = stream.cursor(it.cursor());
        if (cursor != null) {
          cursor.settle(it.sequence());
        }
      }
      case Entry.Trimmed it -> stream.trim(it.first());
      case Entry.Stream _, Entry.StreamDeleted _, Entry.CheckpointEnd _ ->
          throw new IllegalArgumentException("not about what is in a stream: " + entry);
    }
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.StreamSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A stream as it is durable, and the cursors on it. Guarded by its lock, but for what is final and
/// for [#staged].
final class StreamState {
  final int id;
  final String name;
  final ReentrantLock lock = new ReentrantLock();

  /// Signalled when events may have become ready for some cursor.
  final Condition changed = lock.newCondition();

  StreamSettings settings;
  boolean deleted;

  /// The oldest that is kept by retention; what all cursors have done with may begin later.
  long first = 1;

  long last;
  long lastTime;

  /// The newest, with those on their way to the disk. For the writing thread alone.
  long staged;

  /// In order; each begins behind the end of that before.
  private final List<Extent> extents = new ArrayList<>();

  private final Map<Integer, CursorState> cursors = new TreeMap<>();
  int nextCursor = 1;

  StreamState(int id, String name, StreamSettings settings) {
    this.id = id;
    this.name = name;
    this.settings = settings;
  }

  Collection<CursorState> cursors() {
    return cursors.values();
  }

  @Nullable CursorState cursor(int cursor) {
    return cursors.get(cursor);
  }

  @Nullable CursorState cursor(String cursor) {
    for (CursorState it : cursors.values()) {
      if (it.name.equals(cursor)) {
        return it;
      }
    }
    return null;
  }

  void addCursor(CursorState cursor) {
    cursors.put(cursor.id, cursor);
    nextCursor = Math.max(nextCursor, cursor.id + 1);
  }

  void removeCursor(int cursor) {
    CursorState removed = cursors.remove(cursor);
    if (removed != null) {
      removed.deleted = true;
    }
  }

  List<Extent> extents() {
    return extents;
  }

  /// The event is durable.
  void append(Segment segment, long sequence, long time, int offset, int size) {
    Extent newest = extents.isEmpty() ? null : extents.getLast();
    if (newest == null || newest.segment != segment) {
      newest = segment.growing(id);
      extents.add(newest);
    }
    newest.add(sequence, time, offset, size);
    last = sequence;
    lastTime = time;
  }

  void addExtent(Extent extent) {
    extents.add(extent);
    last = Math.max(last, extent.last);
    lastTime = Math.max(lastTime, extent.lastTime);
  }

  /// Puts the extents of a compacted segment in place of those that were copied there.
  ///
  /// @param in without an event: absent
  void replaceExtents(Collection<Segment> out, @Nullable Extent in) {
    extents.removeIf(it -> out.contains(it.segment));
    if (in != null) {
      int index = 0;
      while (index < extents.size() && extents.get(index).first < in.first) {
        index++;
      }
      extents.add(index, in);
    }
  }

  /// The first extent that has an event at or behind a sequence number.
  @Nullable Extent extentFrom(long sequence) {
    int low = 0;
    int high = extents.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (extents.get(middle).last < sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == extents.size() ? null : extents.get(low);
  }

  /// Whether anybody may still ask for an event.
  boolean isNeeded(long sequence) {
    if (deleted || sequence < first) {
      return false;
    }
    if (!settings.untilAcknowledged() || cursors.isEmpty()) {
      return true;
    }
    for (CursorState cursor : cursors.values()) {
      if (cursor.isPending(sequence)) {
        return true;
      }
    }
    return false;
  }

  /// How many events of an extent are needed; an upper bound.
  long needed(Extent extent) {
    long from = Math.max(first, extent.first);
    if (deleted || extent.last < from) {
      return 0;
    }
    long kept = extent.countFrom(from);
    if (!settings.untilAcknowledged() || cursors.isEmpty()) {
      return kept;
    }
    long sum = 0;
    for (CursorState cursor : cursors.values()) {
      long unseen = Math.max(from, cursor.next);
      sum += cursor.heldBetween(from, extent.last);
      if (unseen <= extent.last) {
        sum += extent.countFrom(unseen) - cursor.skipped.count(unseen, extent.last);
      }
    }
    return Math.max(0, Math.min(kept, sum));
  }

  /// The oldest that anybody may still ask for; behind the last when there is none.
  long floor() {
    if (!settings.untilAcknowledged() || cursors.isEmpty()) {
      return Math.max(first, extents.isEmpty() ? last + 1 : extents.getFirst().first);
    }
    long floor = last + 1;
    for (CursorState cursor : cursors.values()) {
      floor = Math.min(floor, cursor.floor());
    }
    return Math.max(first, floor);
  }

  /// Events and bytes that are kept: those from the floor on, or of a queue what its slowest cursor
  /// has to do.
  long[] kept() {
    if (settings.untilAcknowledged() && !cursors.isEmpty()) {
      long events = 0;
      long bytes = 0;
      for (CursorState cursor : cursors.values()) {
        long[] backlog = backlog(cursor);
        events = Math.max(events, backlog[0]);
        bytes = Math.max(bytes, backlog[1]);
      }
      return new long[] {events, bytes};
    }
    return from(first);
  }

  /// Events and bytes that a cursor has not acknowledged.
  long[] backlog(CursorState cursor) {
    long unseen = Math.max(cursor.next, first);
    long[] sum = from(unseen);
    sum[0] -= Math.min(sum[0], cursor.skipped.count(unseen, last));
    sum[0] += cursor.heldCount();
    sum[1] += cursor.heldBytes();
    return sum;
  }

  private long[] from(long sequence) {
    long events = 0;
    long bytes = 0;
    for (int index = extents.size() - 1; index >= 0; index--) {
      Extent extent = extents.get(index);
      if (extent.last < sequence) {
        break;
      }
      events += extent.countFrom(sequence);
      bytes += extent.bytesFrom(sequence);
    }
    return new long[] {events, bytes};
  }

  void trim(long before) {
    if (before <= first) {
      return;
    }
    first = before;
    for (CursorState cursor : cursors.values()) {
      cursor.trim(before);
    }
  }

  /// What a checkpoint says of it.
  List<Entry> checkpoint() {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry.Stream(id, name, settings, first, last, lastTime));
    for (CursorState it : cursors.values()) {
      entries.add(new Entry.Cursor(id, it.id, it.name, it.window, it.next, it.skipped.list()));
      entries.addAll(it.checkpoint(id));
    }
    return entries;
  }
}

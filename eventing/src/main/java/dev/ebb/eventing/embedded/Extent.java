package dev.ebb.eventing.embedded;

import org.jspecify.annotations.Nullable;

/// The events of one stream in one segment.
///
/// Guarded by the stream's lock while the segment is active; final afterwards but for [#positions].
final class Extent {
  final Segment segment;
  final int stream;
  long first;
  long last;
  long firstTime;
  long lastTime;
  int count;
  long bytes;

  /// Empty when they are in the index file only.
  private volatile @Nullable Positions positions;

  Extent(Segment segment, int stream) {
    this.segment = segment;
    this.stream = stream;
    positions = new Positions();
  }

  /// One whose positions are in the index file.
  Extent(
      Segment segment,
      int stream,
      long first,
      long last,
      long firstTime,
      long lastTime,
      int count,
      long bytes) {
    this.segment = segment;
    this.stream = stream;
    this.first = first;
    this.last = last;
    this.firstTime = firstTime;
    this.lastTime = lastTime;
    this.count = count;
    this.bytes = bytes;
  }

  void add(long sequence, long time, int offset, int size) {
    Positions growing = positions;
    if (growing == null) {
      throw new IllegalStateException("the segment is closed");
    }
    growing.add(sequence, offset, size);
    if (count == 0) {
      first = sequence;
      firstTime = time;
    }
    last = sequence;
    lastTime = time;
    count++;
    bytes += size;
  }

  @Nullable Positions inMemory() {
    return positions;
  }

  /// The index file has them now.
  void forgetPositions() {
    positions = null;
  }

  boolean isContiguous() {
    return last - first + 1 == count;
  }

  /// How many events there are from a sequence number on; exact, but for extents with gaps an upper
  /// bound.
  long countFrom(long sequence) {
    if (sequence <= first) {
      return count;
    }
    return sequence > last ? 0 : Math.min(count, last - sequence + 1);
  }

  /// Their bytes, by the average.
  long bytesFrom(long sequence) {
    long some = countFrom(sequence);
    return some == count ? bytes : Math.round((double) bytes * some / count);
  }
}

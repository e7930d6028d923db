package dev.ebb.eventing.embedded;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Where the events of one stream are in one segment, in order. Not thread-safe while it grows.
final class Positions {
  static final int BYTES = 16;

  private long[] sequences;
  private int[] offsets;
  private int[] sizes;
  private int count;

  Positions() {
    this(8);
  }

  private Positions(int capacity) {
    sequences = new long[capacity];
    offsets = new int[capacity];
    sizes = new int[capacity];
  }

  /// @param sequence greater than that before
  /// @param size what retention and backlogs count
  void add(long sequence, int offset, int size) {
    if (count == sequences.length) {
      sequences = Arrays.copyOf(sequences, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    sequences[count] = sequence;
    offsets[count] = offset;
    sizes[count] = size;
    count++;
  }

  int count() {
    return count;
  }

  long sequence(int index) {
    return sequences[index];
  }

  int offset(int index) {
    return offsets[index];
  }

  int size(int index) {
    return sizes[index];
  }

  /// @return the index of the first event at or behind that sequence number; [#count] when there is
  ///   none
  int ceiling(long sequence) {
    int found = Arrays.binarySearch(sequences, 0, count, sequence);
    return found >= 0 ? found : -found - 1;
  }

  void encode(ByteBuffer out) {
    for (int index = 0; index < count; index++) {
      out.putLong(sequences[index]).putInt(offsets[index]).putInt(sizes[index]);
    }
  }

  static Positions decode(ByteBuffer in, int count) {
    Positions positions = new Positions(Math.max(1, count));
    for (int index = 0; index < count; index++) {
      positions.add(in.getLong(), in.getInt(), in.getInt());
    }
    return positions;
  }
}

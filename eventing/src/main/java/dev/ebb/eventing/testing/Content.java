package dev.ebb.eventing.testing;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The bytes of a simulated file. Not thread-safe.
final class Content {
  private byte[] bytes = new byte[0];
  private int size;

  int size() {
    return size;
  }

  int read(ByteBuffer into, long position) {
    int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
    if (count > 0) {
      into.put(bytes, (int) position, count);
    }
    return count;
  }

  /// What is between the end and the offset becomes zeros.
  void write(long offset, byte[] data, int from, int length) {
    int end = Math.toIntExact(offset + length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * end);
    }
    System.arraycopy(data, from, bytes, (int) offset, length);
    size = Math.max(size, end);
  }

  void truncate(long length) {
    if (length < size) {
      Arrays.fill(bytes, (int) length, size, (byte) 0);
      size = (int) length;
    }
  }

  void flip(long offset, int bit) {
    bytes[(int) offset] ^= (byte) (1 << bit);
  }

  Content copy() {
    Content copy = new Content();
    copy.bytes = Arrays.copyOf(bytes, size);
    copy.size = size;
    return copy;
  }
}

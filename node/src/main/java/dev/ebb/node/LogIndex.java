package dev.ebb.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// When a log had grown to which size: gives a time to each line, although the program writes its
/// output to the file itself. An entry says that the bytes before its offset, and not before the
/// entry ahead of it, were first seen at its time. Kept in a file of pairs of 64-bit numbers beside
/// the log, so that a later server knows the times too. Thread-safe.
final class LogIndex {
  // At 16 bytes each this is 16 KiB a log, 16 MiB for a thousand instances; when it is full every
  // second entry goes, so old lines have coarser times.
  private static final int ENTRIES = 1024;
  private static final int ENTRY_BYTES = 16;

  private final Path file;
  private long[] times = new long[64];
  private long[] offsets = new long[64];
  private int count;

  private LogIndex(Path file) {
    this.file = file;
  }

  static Path fileOf(Path log) {
    return log.resolveSibling(log.getFileName() + ".idx");
  }

  /// What is known of a log; a damaged end is left out.
  static LogIndex open(Path log) throws IOException {
    var index = new LogIndex(fileOf(log));
    if (Files.exists(index.file)) {
      var bytes = ByteBuffer.wrap(Files.readAllBytes(index.file));
      while (bytes.remaining() >= ENTRY_BYTES) {
        index.append(bytes.getLong(), bytes.getLong());
      }
    }
    return index;
  }

  synchronized void add(long millis, long size) throws IOException {
    if (count == ENTRIES) {
      for (int i = 0; i < ENTRIES / 2; i++) {
        times[i] = times[2 * i + 1];
        offsets[i] = offsets[2 * i + 1];
      }
      count = ENTRIES / 2;
      Files.write(file, bytes(0));
    }
    append(millis, size);
    Files.write(file, bytes(count - 1), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  synchronized long lastOffset() {
    return count == 0 ? 0 : offsets[count - 1];
  }

  /// When the byte at this offset was first seen; `unseen` when it was not yet.
  synchronized long timeOf(long offset, long unseen) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offsets[middle] > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == count ? unseen : times[low];
  }

  /// Where the bytes begin that were first seen at this time or later.
  synchronized long offsetAt(long millis) {
    int first = 0;
    while (first < count && times[first] < millis) {
      first++;
    }
    return first == 0 ? 0 : offsets[first - 1];
  }

  /// The log began anew.
  synchronized void clear() throws IOException {
    count = 0;
    Files.deleteIfExists(file);
  }

  private void append(long millis, long size) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
    }
    times[count] = millis;
    offsets[count] = size;
    count++;
  }

  private byte[] bytes(int from) {
    var buffer = ByteBuffer.allocate((count - from) * ENTRY_BYTES);
    for (int i = from; i < count; i++) {
      buffer.putLong(times[i]).putLong(offsets[i]);
    }
    return buffer.array();
  }
}

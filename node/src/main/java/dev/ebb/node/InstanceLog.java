package dev.ebb.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The output of one instance. The program appends to the file itself, so that it goes on when the
/// server ends; what is kept of it is bounded by making a hole at the file's head (fallocate(2)).
/// Offsets stay what they are, so readers are not disturbed. Thread-safe.
final class InstanceLog {
  private static final int LAST_BYTES = 4096;
  private static final int LAST_LINES = 20;
  // Holes are made of whole blocks of the file system.
  private static final long BLOCK = 4096;

  final LogName name;
  final Path file;
  final LogIndex index;

  private InstanceLog(LogName name, Path file, LogIndex index) {
    this.name = name;
    this.file = file;
    this.index = index;
  }

  static InstanceLog open(Path file) throws IOException {
    return new InstanceLog(LogName.parse(file), file, LogIndex.open(file));
  }

  long size() {
    return file.toFile().length();
  }

  /// The first offset that still has data.
  long start() {
    return Linux.dataStart(file);
  }

  /// Gives the first bytes of a file back to the file system; false when that cannot be done.
  interface HoleMaker {
    boolean punch(Path file, long length);
  }

  /// Notes that the log has grown, and keeps it below a number of bytes.
  void check(long millis, long keep) throws IOException {
    check(millis, keep, Linux::punchHole);
  }

  void check(long millis, long keep, HoleMaker holes) throws IOException {
    long size = size();
    if (size < index.lastOffset()) {
      index.clear();
    }
    if (size > index.lastOffset()) {
      index.add(millis, size);
    }
    if (size <= keep) {
      return;
    }
    long excess = size - start() - keep;
    // A quarter at once, not one block each time.
    if (excess > keep / 4 && !holes.punch(file, (size - keep) / BLOCK * BLOCK)) {
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        // This file system knows no holes; the writer appends, so it goes on at the new end.
        channel.truncate(0);
      }
      index.clear();
    }
  }

  /// At most 20 lines and 4 KiB.
  String lastLines() {
    return lastLines(LAST_LINES, LAST_BYTES);
  }

  String lastLines(int most, int bytes) {
    try (var channel = FileChannel.open(file)) {
      long size = channel.size();
      long from = Math.max(start(), size - bytes);
      var buffer = ByteBuffer.allocate((int) Math.max(0, size - from));
      while (buffer.hasRemaining() && channel.read(buffer, from + buffer.position()) > 0) {}
      var text = new String(buffer.array(), 0, buffer.position(), UTF_8).stripTrailing();
      int begin = from > 0 ? text.indexOf('\n') + 1 : 0;
      var lines = text.substring(begin).split("\n", -1);
      int first = Math.max(0, lines.length - most);
      return String.join("\n", Arrays.asList(lines).subList(first, lines.length));
    } catch (IOException e) {
      return "";
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(LogIndex.fileOf(file));
  }
}

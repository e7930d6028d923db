package dev.ebb.eventing.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Where in a closed segment the events of each stream are, as a file beside it. It can be made
/// anew from the segment.
///
/// Big endian: magic (8 bytes, the last is the version), length of the directory (4), extents (4),
/// payloads (4), then for each extent stream (4), first, last, firstTime, lastTime (8 each), count
/// (4), bytes (8), CRC-32C of its positions (4); for each payload stream (4), sequence, id, length
/// (8 each); CRC-32C of all that (4). Then the [Positions] of the extents.
final class IndexFile {
  static final String SUFFIX = ".index";
  private static final long MAGIC = 0x4562_6249_6478_0001L; // "EbbIdx", then the version
  private static final int HEAD = 20;
  private static final int EXTENT = 52;
  private static final int PAYLOAD = 28;
  private static final int CHECKSUM = 4;

  private IndexFile() {}

  static String nameOf(Segment segment) {
    return segment.header.base() + SUFFIX;
  }

  /// Writes the index of a closed segment, durable but for its name. Its positions are in memory.
  static void write(Segment segment, LogFiles files) throws IOException {
    int extents = segment.extents().size();
    List<Segment.Owned> payloads = segment.payloads();
    int length = HEAD + EXTENT * extents + PAYLOAD * payloads.size() + CHECKSUM;
    ByteBuffer directory = ByteBuffer.allocate(length);
    directory.putLong(MAGIC).putInt(length).putInt(extents).putInt(payloads.size());
    String name = nameOf(segment);
    String unfinished = name + Recovery.UNFINISHED;
    files.delete(unfinished);
    try (LogFile file = files.create(unfinished)) {
      long at = length;
      for (Extent extent : segment.extents()) {
        Positions positions = extent.inMemory();
        if (positions == null) {
          throw new IllegalStateException("no positions of " + segment.fileName());
        }
        ByteBuffer bytes = ByteBuffer.allocate(positions.count() * Positions.BYTES);
        positions.encode(bytes);
        bytes.flip();
        directory.putInt(extent.stream).putLong(extent.first).putLong(extent.last);
        directory.putLong(extent.firstTime).putLong(extent.lastTime);
        directory.putInt(extent.count).putLong(extent.bytes).putInt(checksum(bytes));
        int size = bytes.remaining();
        file.write(bytes, at);
        at += size;
      }
      for (Segment.Owned payload : payloads) {
        directory.putInt(payload.stream()).putLong(payload.sequence());
        directory.putLong(payload.id()).putLong(payload.bytes());
      }
      directory.putInt(checksum(directory.duplicate().flip()));
      file.write(directory.flip(), 0);
      file.sync();
    } catch (IOException e) {
      files.delete(unfinished);
      throw e;
    }
    files.rename(unfinished, name);
  }

  /// Reads the directory into a segment that has no extents yet.
  ///
  /// @return false when the file is missing or damaged; then the segment is as it was
  static boolean read(Segment segment, OpenFiles files) throws IOException {
    Optional<ByteBuffer> found = directory(segment, files);
    found.ifPresent(directory -> {
      int extents = directory.getInt(12);
      int payloads = directory.getInt(16);
      directory.position(HEAD);
      for (int index = 0; index < extents; index++) {
        segment.put(
            new Extent(
                segment,
                directory.getInt(),
                directory.getLong(),
                directory.getLong(),
                directory.getLong(),
                directory.getLong(),
                directory.getInt(),
                directory.getLong()));
        directory.getInt();
      }
      for (int index = 0; index < payloads; index++) {
        segment.own(
            new Segment.Owned(
                directory.getInt(), directory.getLong(), directory.getLong(), directory.getLong()));
      }
    });
    return found.isPresent();
  }

  /// The positions of one stream.
  ///
  /// @return empty when they are damaged or missing
  static Optional<Positions> positions(Segment segment, int stream, OpenFiles files)
      throws IOException {
    Optional<ByteBuffer> found = directory(segment, files);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer directory = found.get();
    long at = directory.limit();
    for (int index = 0; index < directory.getInt(12); index++) {
      int start = HEAD + index * EXTENT;
      int count = directory.getInt(start + 36);
      if (directory.getInt(start) == stream) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Positions.BYTES);
        files.read(nameOf(segment), bytes, at);
        bytes.flip();
        return bytes.remaining() == count * Positions.BYTES
                && checksum(bytes) == directory.getInt(start + 48)
            ? Optional.of(Positions.decode(bytes, count))
            : Optional.empty();
      }
      at += (long) count * Positions.BYTES;
    }
    return Optional.empty();
  }

  private static Optional<ByteBuffer> directory(Segment segment, OpenFiles files)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    String name = nameOf(segment);
    if (files.read(name, head, 0) < HEAD || head.getLong(0) != MAGIC) {
      return Optional.empty();
    }
    int length = head.getInt(8);
    if (length < HEAD + CHECKSUM || length > files.size(name)) {
      return Optional.empty();
    }
    ByteBuffer directory = ByteBuffer.allocate(length);
    if (files.read(name, directory, 0) < length) {
      return Optional.empty();
    }
    int end = length - CHECKSUM;
    boolean right =
        directory.getInt(end) == checksum(directory.duplicate().position(0).limit(end))
            && end
                == HEAD
                    + (long) EXTENT * directory.getInt(12)
                    + (long) PAYLOAD * directory.getInt(16);
    return right ? Optional.of(directory.flip()) : Optional.empty();
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }
}

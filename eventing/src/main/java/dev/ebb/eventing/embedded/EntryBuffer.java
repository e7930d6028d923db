package dev.ebb.eventing.embedded;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Entries of a segment, as they are put together to be written. For one thread.
///
/// An entry, big endian: CRC-32C of the segment's salt and of all that follows (4 bytes), length of
/// the body (4), number of the batch (4), kind (1), flags (1), magic (2), body; then zeros up to a
/// multiple of 8. A batch is what was synced at once, the last of its entries says so: thus an
/// interrupted write is told from damage to what was durable. Batch 0 are the entries with which a
/// segment begins.
final class EntryBuffer {
  static final int HEADER = 16;
  static final int ALIGNMENT = 8;
  static final short MAGIC = (short) 0xEB0C;
  static final byte LAST_OF_BATCH = 1;

  /// Larger bodies do not exist: attributes and payload that are kept inline have half of it each.
  static final int MAX_BODY = 1 << 20;

  private static final int INITIAL = 1 << 16;
  private static final int KEPT = 1 << 22;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer bytes = ByteBuffer.allocateDirect(INITIAL);
  private int salt;
  private int batch;
  private int start;

  /// Empties it.
  void reset(int newSalt, int newBatch) {
    if (bytes.capacity() > KEPT) {
      bytes = ByteBuffer.allocateDirect(INITIAL);
    }
    bytes.clear();
    salt = newSalt;
    batch = newBatch;
    start = -1;
  }

  int size() {
    return bytes.position();
  }

  /// Begins an entry. What is put into the buffer that this returns, up to `room` bytes, is its
  /// body.
  ByteBuffer begin(EntryKind kind, int room) {
    int needed = bytes.position() + HEADER + room + ALIGNMENT;
    if (needed > bytes.capacity()) {
      ByteBuffer larger = ByteBuffer.allocateDirect(Math.max(needed, 2 * bytes.capacity()));
      larger.put(bytes.flip());
      bytes = larger;
    }
    start = bytes.position();
    bytes.putInt(0).putInt(0).putInt(batch).put(kind.code()).put((byte) 0).putShort(MAGIC);
    return bytes;
  }

  /// @return where in the buffer the entry begins
  int end() {
    bytes.putInt(start + 4, bytes.position() - start - HEADER);
    bytes.putInt(start, checksum(bytes, start, bytes.position(), salt, crc));
    while (bytes.position() % ALIGNMENT != 0) {
      bytes.put((byte) 0);
    }
    return start;
  }

  /// Marks the last entry as the end of its batch.
  void endBatch() {
    bytes.put(start + 13, LAST_OF_BATCH);
    int end = start + HEADER + bytes.getInt(start + 4);
    bytes.putInt(start, checksum(bytes, start, end, salt, crc));
  }

  /// All of it, to be written.
  ByteBuffer flip() {
    return bytes.flip();
  }

  /// @param start where the entry begins
  /// @param end where its body ends
  static int checksum(ByteBuffer bytes, int start, int end, int salt, CRC32C crc) {
    crc.reset();
    crc.update(salt >>> 24);
    crc.update(salt >>> 16);
    crc.update(salt >>> 8);
    crc.update(salt);
    crc.update(bytes.duplicate().limit(end).position(start + 4));
    return (int) crc.getValue();
  }

  /// How many bytes an entry takes in the file.
  static int aligned(int length) {
    return (length + ALIGNMENT - 1) & -ALIGNMENT;
  }
}

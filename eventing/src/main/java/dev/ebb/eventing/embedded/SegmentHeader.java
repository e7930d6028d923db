package dev.ebb.eventing.embedded;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The first kilobyte of a segment: the same sector twice, for one may be damaged.
///
/// Each copy, big endian: magic (8 bytes, the last is the version), number, to, previous,
/// previousLength (8 each), salt, generation (4 each), time (8), CRC-32C of all that (4).
///
/// @param number orders segments
/// @param to the last of the segments whose events are here: `number`, unless some were compacted
///   into this one
/// @param previous the number of the segment before, 0 when there was none. Segments between are
///   what is left of attempts that failed
/// @param previousLength what of the segment before was durable when this one was begun: what it
///   has behind that does not count
/// @param salt begins all checksums of this file: no bytes of a user are taken for an entry
/// @param generation how often its events were compacted; of two files with the same events the
///   higher counts
/// @param time when it was begun, in milliseconds
record SegmentHeader(
    long number, long to, long previous, long previousLength, int salt, int generation, long time) {
  static final int LENGTH = 1024;
  static final int VERSION = 1;
  static final String SUFFIX = ".segment";
  private static final int COPY = 512;
  private static final int CHECKED = 56;
  private static final long MAGIC = 0x4562_624c_6f67_0000L; // "EbbLog", then the version

  String base() {
    return "%016x-%08x".formatted(number, salt);
  }

  String fileName() {
    return base() + SUFFIX;
  }

  ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
    for (int start = 0; start < LENGTH; start += COPY) {
      bytes.position(start);
      bytes.putLong(MAGIC + VERSION);
      bytes.putLong(number).putLong(to).putLong(previous).putLong(previousLength);
      bytes.putInt(salt).putInt(generation).putLong(time);
      bytes.putInt(checksum(bytes, start));
    }
    return bytes.position(0);
  }

  /// @return empty when both copies are damaged
  /// @throws dev.ebb.eventing.log.EventLogException when it was written by a later version
  static Optional<SegmentHeader> decode(ByteBuffer bytes) {
    for (int start = 0; start + CHECKED + 4 <= bytes.limit(); start += COPY) {
      if (bytes.getInt(start + CHECKED) != checksum(bytes, start)) {
        continue;
      }
      long version = bytes.getLong(start) - MAGIC;
      if (version > VERSION && version < 0x10000) {
        throw new dev.ebb.eventing.log.EventLogException(
            "the event log has version %d, this program knows %d only".formatted(version, VERSION));
      }
      if (version != VERSION) {
        continue;
      }
      return Optional.of(
          new SegmentHeader(
              bytes.getLong(start + 8),
              bytes.getLong(start + 16),
              bytes.getLong(start + 24),
              bytes.getLong(start + 32),
              bytes.getInt(start + 40),
              bytes.getInt(start + 44),
              bytes.getLong(start + 48)));
    }
    return Optional.empty();
  }

  private static int checksum(ByteBuffer bytes, int start) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate().position(start).limit(start + CHECKED));
    return (int) crc.getValue();
  }
}

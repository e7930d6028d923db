package dev.ebb.eventing.embedded;

import java.nio.ByteBuffer;

/// An event as an entry.
///
/// Body, big endian: stream (4 bytes), sequence (8), time in milliseconds (8), length of the
/// attributes (4), attributes, then the payload, or of a large one the name of its file (8), its
/// length (8) and its CRC-32C (4).
@SuppressWarnings("ArrayRecordComponent") // never compared
record EventRecord(int stream, long sequence, long time, byte[] attributes, Content content) {
  static final int FIXED = 24;
  private static final int LARGE = 20;

  /// A payload, here or elsewhere.
  sealed interface Content {
    long length();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Inline(byte[] bytes) implements Content {
      @Override
      public long length() {
        return bytes.length;
      }
    }

    /// @param id the name of the file, in hexadecimal digits before `.payload`
    /// @param checksum CRC-32C of all of it
    record Large(long id, long length, int checksum) implements Content {
      static final String SUFFIX = ".payload";

      String fileName() {
        return fileName(id);
      }

      static String fileName(long id) {
        return "%016x".formatted(id) + SUFFIX;
      }
    }
  }

  /// What retention and backlogs count.
  int size() {
    return Math.toIntExact(attributes.length + content.length());
  }

  /// @return where in the buffer the entry begins
  int encode(EntryBuffer out) {
    boolean large = content instanceof Content.Large;
    int room = FIXED + attributes.length + (large ? LARGE : (int) content.length());
    ByteBuffer body = out.begin(large ? EntryKind.LARGE_EVENT : EntryKind.EVENT, room);
    body.putInt(stream).putLong(sequence).putLong(time).putInt(attributes.length).put(attributes);
    switch (content) {
      case Content.Inline(byte[] bytes) -> body.put(bytes);
      case Content.Large(long id, long length, int checksum) ->
          body.putLong(id).putLong(length).putInt(checksum);
    }
    return out.end();
  }

  static EventRecord decode(EntryKind kind, ByteBuffer body) {
    int stream = body.getInt();
    long sequence = body.getLong();
    long time = body.getLong();
    byte[] attributes = new byte[body.getInt()];
    body.get(attributes);
    if (kind == EntryKind.LARGE_EVENT) {
      return new EventRecord(
          stream,
          sequence,
          time,
          attributes,
          new Content.Large(body.getLong(), body.getLong(), body.getInt()));
    }
    byte[] payload = new byte[body.remaining()];
    body.get(payload);
    return new EventRecord(stream, sequence, time, attributes, new Content.Inline(payload));
  }
}

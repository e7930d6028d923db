package dev.ebb.eventing.embedded;

import java.util.Optional;

/// What an entry says. The codes are part of the format.
enum EntryKind {
  /// An event with its payload.
  EVENT(1),
  /// An event whose payload is in a file of its own.
  LARGE_EVENT(2),
  STREAM(3),
  STREAM_DELETED(4),
  CURSOR(5),
  CURSOR_DELETED(6),
  /// Events that a cursor has in hands.
  HANDED(7),
  /// An event that a cursor is done with.
  SETTLED(8),
  TRIMMED(9),
  /// All before it in this segment sums up the segments before.
  CHECKPOINT_END(10);

  private static final EntryKind[] ALL = values();

  private final byte code;

  EntryKind(int code) {
    this.code = (byte) code;
  }

  byte code() {
    return code;
  }

  static Optional<EntryKind> of(byte code) {
    return code >= 1 && code <= ALL.length ? Optional.of(ALL[code - 1]) : Optional.empty();
  }
}

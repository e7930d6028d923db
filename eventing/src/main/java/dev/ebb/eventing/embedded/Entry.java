package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.StreamSettings;
import java.util.List;

/// What the log remembers besides events. Each can be applied twice without harm.
sealed interface Entry {
  int stream();

  /// A stream as it is.
  ///
  /// @param first the oldest event that is kept
  /// @param last the newest event
  /// @param lastTime of the newest event, in milliseconds
  record Stream(
      int stream, String name, StreamSettings settings, long first, long last, long lastTime)
      implements Entry {}

  record StreamDeleted(int stream) implements Entry {}

  /// A cursor as it is, but for what it has in hands; that follows as [Handed].
  ///
  /// @param next the first event that it never had in hands
  /// @param skipped events from `next` on that it is done with: first and last of each run
  record Cursor(int stream, int cursor, String name, int window, long next, List<long[]> skipped)
      implements Entry {}

  record CursorDeleted(int stream, int cursor) implements Entry {}

  /// Events that a cursor has in hands from now on.
  ///
  /// @param before the first event that it had not had in hands before this; 0 when this says
  ///   nothing of it
  /// @param after the first that it has not had after this
  record Handed(int stream, int cursor, long before, long after, List<Item> items)
      implements Entry {

    /// @param notBefore when it may come again, in milliseconds; 0 for at once
    /// @param bytes of attributes and payload
    record Item(long sequence, int attempts, long notBefore, int bytes) {}
  }

  record Settled(int stream, int cursor, long sequence) implements Entry {}

  /// Nothing before `first` is kept.
  record Trimmed(int stream, long first) implements Entry {}

  /// @param nextStream no stream ever had this number or a higher one
  record CheckpointEnd(int nextStream) implements Entry {
    @Override
    public int stream() {
      return 0;
    }
  }
}

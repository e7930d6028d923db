package dev.ebb.eventing.log;

import java.util.List;

/// Something that cannot be read any more.
///
/// @param kind what is known about it
/// @param file the name of the file, in the directory of the log
/// @param from the first byte in the file
/// @param to the byte behind the last
/// @param lost the events that were there, as far as that is known
public record Damage(Kind kind, String file, long from, long to, List<Lost> lost) {

  /// What is known about a damage.
  public enum Kind {
    /// The end of what was written last. As a rule a write that was interrupted, of which nobody
    /// was told that it was durable.
    TORN_END,
    /// Bytes that were durable.
    CORRUPT
  }

  /// Events of a stream, all from `first` to `last`.
  public record Lost(String stream, long first, long last) {}

  public Damage {
    lost = List.copyOf(lost);
  }
}

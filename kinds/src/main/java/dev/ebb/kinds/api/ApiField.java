package dev.ebb.kinds.api;

import java.util.List;
import java.util.Optional;

/// A field of an [ApiType].
///
/// @param number in protobuf
/// @param name in JSON; `-` for a message whose fields stand in its parent in JSON
/// @param defaultValue as it is written in the resource
/// @param words of server-side apply and of strategic merge patch
/// @param doc empty if there is nothing to say
public record ApiField(
    int number,
    String name,
    Presence presence,
    ValueType type,
    Optional<String> defaultValue,
    List<String> words,
    String doc) {
  /// What it means when the field is not there.
  public enum Presence {
    /// Nothing there is the same as zero or empty.
    PLAIN,
    /// Zero is a value, too.
    POINTER,
    /// The server refuses objects without it.
    REQUIRED,
    /// The documents say that it is there, the server takes objects without it.
    TOLD
  }

  public ApiField {
    words = List.copyOf(words);
  }

  public boolean isInline() {
    return name.equals("-");
  }
}

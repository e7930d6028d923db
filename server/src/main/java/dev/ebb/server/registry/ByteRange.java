package dev.ebb.server.registry;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a blob (RFC 9110, section 14).
///
/// @param last inclusive; less than `first` when the part lies behind the end
record ByteRange(long first, long last) {
  private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final Pattern CHUNK = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  /// What a client asks for by `Range`.
  ///
  /// @param size of the whole, in bytes
  /// @return empty for all of it, which is the answer to several parts and to other units, too
  static Optional<ByteRange> of(Optional<String> header, long size) {
    Optional<Matcher> matcher = header.map(FORM::matcher).filter(Matcher::matches);
    if (matcher.isEmpty()) {
      return Optional.empty();
    }
    OptionalLong first = number(matcher.get().group(1));
    OptionalLong last = number(matcher.get().group(2));
    if (first.isPresent()) {
      if (last.isPresent() && last.getAsLong() < first.getAsLong()) {
        return Optional.empty(); // Invalid, which is as if there were none.
      }
      return Optional.of(
          new ByteRange(first.getAsLong(), Math.min(last.orElse(Long.MAX_VALUE), size - 1)));
    }
    return last.isPresent()
        ? Optional.of(
            last.getAsLong() == 0
                ? new ByteRange(size, size - 1)
                : new ByteRange(Math.max(0, size - last.getAsLong()), size - 1))
        : Optional.empty();
  }

  /// What a client sends by `Content-Range`, in the form that the specification has for chunks.
  ///
  /// @return empty when it is not of this form
  static Optional<ByteRange> ofChunk(String header) {
    Matcher matcher = CHUNK.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    ByteRange range =
        new ByteRange(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
    return range.last < range.first ? Optional.empty() : Optional.of(range);
  }

  long length() {
    return last - first + 1;
  }

  private static OptionalLong number(String digits) {
    return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
  }
}

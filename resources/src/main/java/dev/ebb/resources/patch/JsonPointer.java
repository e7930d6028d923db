package dev.ebb.resources.patch;

import java.util.ArrayList;
import java.util.List;

/// A JSON pointer, RFC 6901: `/spec/a~1b/0`. No segment at all is the whole document.
record JsonPointer(List<String> segments) {
  /// @throws PatchException for a pointer without leading slash or with a bad escape
  static JsonPointer parse(String text) {
    if (text.isEmpty()) {
      return new JsonPointer(List.of());
    }
    if (text.charAt(0) != '/') {
      throw PatchException.malformed("JSON pointer \"" + text + "\" must begin with /");
    }
    List<String> segments = new ArrayList<>();
    int start = 1;
    while (start <= text.length()) {
      int slash = text.indexOf('/', start);
      int end = slash < 0 ? text.length() : slash;
      segments.add(unescape(text, text.substring(start, end)));
      start = end + 1;
    }
    return new JsonPointer(List.copyOf(segments));
  }

  private static String unescape(String pointer, String segment) {
    int tilde = segment.indexOf('~');
    while (tilde >= 0) {
      char next = tilde + 1 < segment.length() ? segment.charAt(tilde + 1) : ' ';
      if (next != '0' && next != '1') {
        throw PatchException.malformed(
            "JSON pointer \"" + pointer + "\": ~ must be followed by 0 or 1");
      }
      tilde = segment.indexOf('~', tilde + 1);
    }
    return segment.replace("~1", "/").replace("~0", "~");
  }

  boolean isRoot() {
    return segments.isEmpty();
  }

  JsonPointer parent() {
    return new JsonPointer(segments.subList(0, segments.size() - 1));
  }

  String last() {
    return segments.getLast();
  }

  /// Whether this pointer is a place strictly inside the other.
  boolean isBelow(JsonPointer other) {
    return segments.size() > other.segments.size()
        && segments.subList(0, other.segments.size()).equals(other.segments);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String segment : segments) {
      text.append('/').append(segment.replace("~", "~0").replace("/", "~1"));
    }
    return text.toString();
  }
}

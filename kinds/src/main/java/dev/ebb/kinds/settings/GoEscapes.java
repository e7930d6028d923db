package dev.ebb.kinds.settings;

/// The escapes of Go's `text/template`.
final class GoEscapes {
  private GoEscapes() {}

  /// For strings of JavaScript and JSON.
  static String js(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\', '\'', '"' -> out.append('\\').append(c);
        case '<', '>', '&', '=' -> out.append("\\u00%02X".formatted((int) c));
        default -> {
          if (c < ' ' || c == 0x7f) {
            out.append("\\u00%02X".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("\0", "\uFFFD")
        .replace("\"", "&#34;")
        .replace("'", "&#39;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}

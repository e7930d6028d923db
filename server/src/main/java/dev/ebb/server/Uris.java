package dev.ebb.server;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Request targets as clients send them, made such that [java.net.URI] takes them.
final class Uris {
  private static final String ALLOWED = "-._~!$&'()*+,;=:@/?";

  private Uris() {}

  /// Percent-encodes what may not be in a path or a query (RFC 3986), and percent signs that encode
  /// nothing.
  static String escape(String target) {
    StringBuilder escaped = new StringBuilder(target.length());
    byte[] bytes = target.getBytes(UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean encoded =
          c == '%' && i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2]);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (encoded || plain || ALLOWED.indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append("%%%02X".formatted((int) c));
      }
    }
    return escaped.toString();
  }

  private static boolean isHex(byte b) {
    return Character.digit(b, 16) >= 0;
  }
}

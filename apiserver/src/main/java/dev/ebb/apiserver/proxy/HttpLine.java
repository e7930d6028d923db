package dev.ebb.apiserver.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The lines of which the heads and chunks of HTTP/1.1 are made.
final class HttpLine {
  private HttpLine() {}

  /// Without its end, which is CR LF, or LF (RFC 9112, section 2.2).
  ///
  /// @param limit in bytes
  static String read(InputStream input, int limit) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = input.read(); octet != '\n'; octet = input.read()) {
      if (octet < 0) {
        throw new EOFException("the connection ended before the response did");
      }
      if (line.length() >= limit) {
        throw new IOException("a line of the response is too long");
      }
      line.append((char) octet);
    }
    int end = line.length() - 1;
    if (end >= 0 && line.charAt(end) == '\r') {
      line.setLength(end);
    }
    return line.toString();
  }
}

package dev.ebb.server;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Puts the head of an HTTP/1.1 request together (RFC 9112). What could make another message of it
/// is left out: the headers of a call may come from a lenient peer.
final class HttpHead {
  private static final System.Logger LOG = System.getLogger(HttpHead.class.getName());

  /// RFC 9110, section 5.6.2, besides letters and digits.
  private static final String TOKEN = "!#$%&'*+-.^_`|~";

  private HttpHead() {}

  /// @param target percent-encoded
  static StringBuilder request(String method, String target, String host) {
    return new StringBuilder(512)
        .append(method)
        .append(' ')
        .append(target)
        .append(" HTTP/1.1\r\nHost: ")
        .append(host)
        .append("\r\n");
  }

  /// @param except names in lower case
  static void headers(StringBuilder head, Map<String, List<String>> headers, Set<String> except) {
    headers.forEach((name, values) -> {
      if (except.contains(name)) {
        return;
      }
      for (String value : values) {
        if (isToken(name) && isText(value)) {
          head.append(name).append(": ").append(value).append("\r\n");
        } else {
          LOG.log(System.Logger.Level.DEBUG, "a header of an asynchronous call is left out");
        }
      }
    });
  }

  /// @param length of the body
  static void end(StringBuilder head, long length) {
    head.append("Content-Length: ").append(length).append("\r\n\r\n");
  }

  private static boolean isToken(String name) {
    for (int at = 0; at < name.length(); at++) {
      char c = name.charAt(at);
      boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && TOKEN.indexOf(c) < 0) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /// Visible characters, blanks, and those beyond ASCII that one byte has.
  private static boolean isText(String value) {
    for (int at = 0; at < value.length(); at++) {
      char c = value.charAt(at);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        return false;
      }
    }
    return true;
  }
}

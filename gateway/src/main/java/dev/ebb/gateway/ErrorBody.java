package dev.ebb.gateway;

/// The JSON of an error that the gateway answers with.
final class ErrorBody {
  private ErrorBody() {}

  static String of(Failure failure, String requestId) {
    return "{\"error\":{\"code\":"
        + failure.status()
        + ",\"reason\":"
        + quote(failure.reason())
        + ",\"message\":"
        + quote(failure.message())
        + ",\"requestId\":"
        + quote(requestId)
        + "}}\n";
  }

  /// RFC 8259, section 7.
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c == 0x7f || Character.isSurrogate(c)) {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}

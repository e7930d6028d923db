package dev.ebb.apiserver.websocket;

import java.io.IOException;

/// The peer broke the rules; the connection must end.
final class WebSocketException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /// @param code of RFC 6455, section 7.4.1
  WebSocketException(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }
}

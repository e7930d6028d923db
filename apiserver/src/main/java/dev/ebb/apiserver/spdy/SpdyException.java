package dev.ebb.apiserver.spdy;

import java.io.IOException;

/// The peer broke the rules; the session must end.
final class SpdyException extends IOException {
  private static final long serialVersionUID = 1L;

  SpdyException(String message) {
    super(message);
  }
}

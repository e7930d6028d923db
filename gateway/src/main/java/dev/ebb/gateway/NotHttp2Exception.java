package dev.ebb.gateway;

import java.io.IOException;

/// Somebody listens there and does not begin as HTTP/2 does.
final class NotHttp2Exception extends IOException {
  NotHttp2Exception(String message) {
    super(message);
  }
}

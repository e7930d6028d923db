package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Locale;
import java.util.Optional;

/// The protocol that a client of HTTP/1.1 would rather speak on its connection, WebSocket above all
/// (RFC 9110, section 7.8; RFC 6455, section 4).
final class Upgrade {
  /// The gateway itself speaks it, with those who begin with it (RFC 9113, section 3.1).
  private static final String H2C = "h2c";

  private Upgrade() {}

  /// What the request asks for. One with a body would have to be sent whole before the protocol
  /// changes; it is served as a plain request, which the protocol allows.
  ///
  /// @param hasBody whether the header announces a body
  static Optional<String> of(HttpRequest request, boolean hasBody) {
    HttpHeaders headers = request.headers();
    String protocol = headers.get(HttpHeaderNames.UPGRADE, "").strip();
    boolean asked =
        !protocol.isEmpty()
            && !hasBody
            && request.protocolVersion().equals(HttpVersion.HTTP_1_1)
            && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
            && !protocol.toLowerCase(Locale.ROOT).contains(H2C);
    return asked ? Optional.of(protocol) : Optional.empty();
  }

  /// What hop-by-hop rules took away.
  static void set(HttpHeaders headers, String protocol) {
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, protocol);
  }
}

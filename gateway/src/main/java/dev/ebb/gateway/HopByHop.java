package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Takes away what was meant for the gateway itself (RFC 9110, section 7.6.1).
final class HopByHop {
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");

  /// A client could name these in `Connection` to make the next program misread the message.
  private static final Set<String> NEVER_NOMINATED =
      Set.of(
          "content-length",
          "transfer-encoding",
          "host",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-request-id",
          "authorization",
          "cookie");

  private HopByHop() {}

  /// Whether the client says that it reads trailers.
  static boolean takesTrailers(HttpHeaders headers) {
    return headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
  }

  /// Leaves `Transfer-Encoding` alone: it says how the message is framed on both sides.
  static void strip(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      stripNominated(headers, headers.getAll(HttpHeaderNames.CONNECTION));
      headers.remove(HttpHeaderNames.CONNECTION);
    }
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(HttpHeaderNames.TE);
    headers.remove(HttpHeaderNames.UPGRADE);
  }

  private static void stripNominated(HttpHeaders headers, List<String> connections) {
    for (String connection : connections) {
      if (connection.equalsIgnoreCase("close") || connection.equalsIgnoreCase("keep-alive")) {
        continue;
      }
      for (String token : connection.split(",", -1)) {
        String name = token.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && !NEVER_NOMINATED.contains(name)) {
          headers.remove(name);
        }
      }
    }
  }
}

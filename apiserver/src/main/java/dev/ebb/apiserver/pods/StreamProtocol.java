package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What client and server agree on before a connection is taken over.
final class StreamProtocol {
  static final String SPDY = "SPDY/3.1";

  private static final String VERSION = "X-Stream-Protocol-Version";

  private StreamProtocol() {}

  static boolean isSpdyRequested(Exchange exchange) {
    return exchange.header("Connection").orElse("").toLowerCase(Locale.ROOT).contains("upgrade")
        && exchange.header("Upgrade").orElse("").strip().equalsIgnoreCase(SPDY);
  }

  /// Chooses the first of the client's protocols that the server speaks, and tells it in the
  /// answer.
  ///
  /// @throws ApiException 403 when there is none, with a header that names those that there are
  static String chooseSpdy(Exchange exchange, List<String> spoken) {
    List<String> wanted =
        Stream.of(exchange.header(VERSION).orElse("").split(",", -1)).map(String::strip).toList();
    String chosen =
        wanted.stream()
            .filter(spoken::contains)
            .findFirst()
            .orElseThrow(() -> {
              exchange.setHeader("X-Accepted-Stream-Protocol-Versions", String.join(",", spoken));
              return new ApiException(
                  new ApiStatus(
                      403,
                      "Forbidden",
                      "unable to upgrade: unable to negotiate protocol: client supports %s, server"
                              .formatted(wanted)
                          + " accepts "
                          + spoken,
                      "",
                      "",
                      "",
                      List.of()));
            });
    exchange.setHeader(VERSION, chosen);
    return chosen;
  }

  /// @throws ApiException 400 when the client asked for WebSocket protocols that nobody here speaks
  static ApiException unknownWebSocketProtocol(Exchange exchange, List<String> spoken) {
    return ApiException.badRequest(
        "unable to upgrade: the WebSocket protocols %s are not known; known are %s"
            .formatted(exchange.header("Sec-WebSocket-Protocol").orElse(""), spoken));
  }

  /// What a request gets that does not want to change the protocol.
  static ApiException upgradeRequired() {
    return ApiException.badRequest("Upgrade request required");
  }
}

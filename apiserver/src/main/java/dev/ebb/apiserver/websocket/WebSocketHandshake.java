package dev.ebb.apiserver.websocket;

import dev.ebb.apiserver.Exchange;
import dev.ebb.resources.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How a request becomes a WebSocket (RFC 6455, section 4.2).
public final class WebSocketHandshake {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private WebSocketHandshake() {}

  public static boolean isRequested(Exchange exchange) {
    return tokens(exchange, "Connection").anyMatch(token -> token.equalsIgnoreCase("upgrade"))
        && tokens(exchange, "Upgrade").anyMatch(token -> token.equalsIgnoreCase("websocket"));
  }

  /// The first of the client's sub-protocols that the server speaks.
  public static Optional<String> choose(Exchange exchange, List<String> spoken) {
    return tokens(exchange, "Sec-WebSocket-Protocol").filter(spoken::contains).findFirst();
  }

  /// Whether the client named any sub-protocol.
  public static boolean namesProtocols(Exchange exchange) {
    return tokens(exchange, "Sec-WebSocket-Protocol").findAny().isPresent();
  }

  /// Checks the request and sets the headers of the answer.
  ///
  /// @param protocol empty for none
  /// @throws ApiException 400
  public static void answer(Exchange exchange, Optional<String> protocol) {
    if (!exchange.method().equals("GET")) {
      throw ApiException.badRequest("a WebSocket is opened with GET");
    }
    if (!exchange.header("Sec-WebSocket-Version").orElse("").strip().equals("13")) {
      exchange.setHeader("Sec-WebSocket-Version", "13");
      throw ApiException.badRequest("Sec-WebSocket-Version must be 13");
    }
    String key = exchange.header("Sec-WebSocket-Key").orElse("").strip();
    if (!isKey(key)) {
      throw ApiException.badRequest("Sec-WebSocket-Key must be 16 bytes in base64");
    }
    exchange.setHeader("Sec-WebSocket-Accept", accept(key));
    protocol.ifPresent(name -> exchange.setHeader("Sec-WebSocket-Protocol", name));
  }

  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Stream<String> tokens(Exchange exchange, String header) {
    return Stream.of(exchange.header(header).orElse("").split(",", -1))
        .map(String::strip)
        .filter(token -> !token.isEmpty())
        .map(token -> header.startsWith("Sec-") ? token : token.toLowerCase(Locale.ROOT));
  }
}

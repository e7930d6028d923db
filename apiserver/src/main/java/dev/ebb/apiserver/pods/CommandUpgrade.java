package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.websocket.WebSocketHandshake;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Takes over the connection of a request for a command's streams: SPDY/3.1 with a stream for each
/// of them, or a WebSocket with a channel for each.
///
/// @see <a
///   href="https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets">KEP
///   4006</a>
final class CommandUpgrade {
  private static final List<String> SPDY_PROTOCOLS =
      List.of("v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io");

  private static final List<String> WEB_SOCKET_PROTOCOLS =
      List.of(
          "v5.channel.k8s.io",
          "v4.channel.k8s.io",
          "v4.base64.channel.k8s.io",
          "channel.k8s.io",
          "base64.channel.k8s.io");

  private CommandUpgrade() {}

  /// Whether the end of a command is told as a `Status`; before version 4 it was told in words.
  static boolean tellsStatus(String protocol) {
    return protocol.startsWith("v4.") || protocol.startsWith("v5.");
  }

  /// @throws dev.ebb.resources.ApiException 400, 403 when client and server have no protocol in
  ///   common
  static void serve(Exchange exchange, CommandRun run) throws IOException {
    if (WebSocketHandshake.isRequested(exchange)) {
      Optional<String> protocol = WebSocketHandshake.choose(exchange, WEB_SOCKET_PROTOCOLS);
      if (protocol.isEmpty() && WebSocketHandshake.namesProtocols(exchange)) {
        throw StreamProtocol.unknownWebSocketProtocol(exchange, WEB_SOCKET_PROTOCOLS);
      }
      WebSocketHandshake.answer(exchange, protocol);
      exchange.upgrade("websocket", new ExecChannels(run, protocol)::serve);
    } else if (StreamProtocol.isSpdyRequested(exchange)) {
      String protocol = StreamProtocol.chooseSpdy(exchange, SPDY_PROTOCOLS);
      exchange.upgrade(StreamProtocol.SPDY, new ExecStreams(run, protocol)::serve);
    } else {
      throw StreamProtocol.upgradeRequired();
    }
  }
}

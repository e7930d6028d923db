package dev.ebb.apiserver.pods;

import dev.ebb.apiserver.Exchange;
import dev.ebb.apiserver.SubresourceRoute;
import dev.ebb.apiserver.websocket.WebSocket;
import dev.ebb.apiserver.websocket.WebSocketHandshake;
import dev.ebb.apiserver.websocket.WebSocketTunnel;
import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `pods/NAME/portforward`, in the three forms that clients use:
///
/// - SPDY/3.1 with a pair of streams for each connection: kubectl up to 1.30, and later ones when
///   WebSockets do not work
/// - the same in the binary messages of a WebSocket: kubectl from 1.31 on
/// - channels of a WebSocket, two for each port that the query names: the clients for Python and
///   JavaScript
///
/// @see <a
///   href="https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets">KEP
///   4006</a>
public final class PortForward {
  static final String PROTOCOL = "portforward.k8s.io";

  private static final String TUNNEL = StreamProtocol.SPDY + "+" + PROTOCOL;
  private static final List<String> TUNNELS = List.of(TUNNEL);

  private final PodPorts ports;

  public PortForward(PodPorts ports) {
    this.ports = ports;
  }

  public SubresourceRoute route() {
    return new SubresourceRoute(
        "",
        "v1",
        "pods",
        "portforward",
        Optional.of(new GroupVersionKind("", "v1", "PodPortForwardOptions")),
        List.of("create", "get"),
        this::handle);
  }

  private void handle(ObjectKey pod, Exchange exchange) throws IOException {
    ports.check(pod);
    if (WebSocketHandshake.isRequested(exchange)) {
      webSocket(pod, exchange);
    } else if (StreamProtocol.isSpdyRequested(exchange)) {
      StreamProtocol.chooseSpdy(exchange, List.of(PROTOCOL));
      exchange.upgrade(
          StreamProtocol.SPDY,
          connection ->
              new PortForwardStreams(pod, ports).serve(connection.input(), connection.output()));
    } else {
      throw StreamProtocol.upgradeRequired();
    }
  }

  private void webSocket(ObjectKey pod, Exchange exchange) throws IOException {
    Optional<String> tunnel = WebSocketHandshake.choose(exchange, TUNNELS);
    if (tunnel.isPresent()) {
      WebSocketHandshake.answer(exchange, tunnel);
      exchange.upgrade(
          "websocket",
          connection -> {
            WebSocket socket = new WebSocket(connection.input(), connection.output());
            WebSocketTunnel bytes = new WebSocketTunnel(socket);
            new PortForwardStreams(pod, ports).serve(bytes.input(), bytes.output());
            socket.close();
          });
      return;
    }
    Optional<String> channels = WebSocketHandshake.choose(exchange, ChannelForm.PORT_FORWARD);
    if (channels.isEmpty() && WebSocketHandshake.namesProtocols(exchange)) {
      throw StreamProtocol.unknownWebSocketProtocol(exchange, ChannelForm.PORT_FORWARD);
    }
    List<Integer> wanted = PortForwardChannels.ports(exchange);
    WebSocketHandshake.answer(exchange, channels);
    exchange.upgrade(
        "websocket",
        connection -> {
          WebSocket socket = new WebSocket(connection.input(), connection.output());
          new PortForwardChannels(pod, ports, wanted, socket, ChannelForm.of(channels)).serve();
          socket.close();
        });
  }

  /// A port of the query or of a stream's headers.
  ///
  /// @throws ApiException 400
  static int port(String text) {
    try {
      int port = Integer.parseInt(text.strip());
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Told below with the same words as a number that is out of range.
    }
    throw ApiException.badRequest("\"%s\" is not a port from 1 to 65535".formatted(text));
  }
}

package dev.ebb.apiserver;

import dev.ebb.apiserver.websocket.WebSocket;
import dev.ebb.apiserver.websocket.WebSocketHandshake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;

/// A watch over a WebSocket: each event is a text message, as in Kubernetes (its apiserver's
/// `WatchServer.HandleWS`). Browsers need it, and fabric8's client asks for it first.
final class WatchSocket {
  private static final System.Logger LOGGER = System.getLogger(WatchSocket.class.getName());

  private WatchSocket() {}

  static boolean isRequested(Exchange exchange) {
    return WebSocketHandshake.isRequested(exchange);
  }

  /// Lets `events` write until it is done or `wait` has ended, which it has as soon as the client
  /// goes or closes. What the client sends means nothing.
  static void serve(Exchange exchange, InterruptibleWait wait, Consumer<WatchOutput> events)
      throws IOException {
    WebSocketHandshake.answer(exchange, Optional.empty());
    exchange.upgrade(
        "websocket",
        connection -> {
          WebSocket socket = new WebSocket(connection.input(), connection.output());
          Thread writer =
              Thread.ofVirtual()
                  .name("apiserver-watch-socket")
                  .start(() -> write(socket, wait, events));
          try {
            while (socket.read().isPresent()) {
              // Dropped.
            }
          } finally {
            wait.end();
            join(writer);
          }
        });
  }

  private static void write(
      WebSocket socket, InterruptibleWait wait, Consumer<WatchOutput> events) {
    try {
      try {
        events.accept(socket::writeText);
      } finally {
        wait.end();
        socket.close();
      }
    } catch (IOException | UncheckedIOException e) {
      LOGGER.log(System.Logger.Level.DEBUG, "The client of a watch has gone", e);
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "A watch failed", e);
    }
  }

  private static void join(Thread writer) {
    try {
      writer.join();
    } catch (InterruptedException e) {
      // The server closes; the writer ends with its wait and its connection.
      Thread.currentThread().interrupt();
    }
  }
}

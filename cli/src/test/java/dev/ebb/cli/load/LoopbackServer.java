package dev.ebb.cli.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Takes connections, each of which is served by a thread of its own.
final class LoopbackServer implements AutoCloseable {
  private static final int BACKLOG = 500;

  final AtomicInteger connections = new AtomicInteger();
  private final ServerSocket server;

  /// @param serve is to close the socket
  LoopbackServer(Consumer<Socket> serve) {
    try {
      server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(() -> accept(serve));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  private void accept(Consumer<Socket> serve) {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve.accept(socket));
      } catch (IOException e) {
        // The test is over.
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

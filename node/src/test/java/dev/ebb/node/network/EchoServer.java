package dev.ebb.node.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// Sends back to its client what it gets. For one client.
final class EchoServer implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;

  private final ServerSocket listener;
  private final Thread thread;

  /// In the network namespace of the calling thread.
  EchoServer(InetAddress address) throws IOException {
    listener = new ServerSocket(0, 1, address);
    thread = Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void serve() {
    try (var client = listener.accept()) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The client, or this server, is gone.
    }
  }

  /// What comes back; -1 when the connection is broken.
  static int ask(Socket socket, int octet) {
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.getOutputStream().write(octet);
      return socket.getInputStream().read();
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    thread.interrupt();
  }
}

package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Greets whoever connects with its name.
final class TestServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Thread thread;
  private volatile InetAddress caller = InetAddress.ofLiteral("0.0.0.0");

  /// In the network namespace of the calling thread.
  TestServer(InetAddress address, String name) throws IOException {
    this(address, 0, name);
  }

  TestServer(InetAddress address, int port, String name) throws IOException {
    listener = new ServerSocket(port, 50, address);
    thread = Thread.ofVirtual().start(() -> serve(name));
  }

  int port() {
    return listener.getLocalPort();
  }

  InetAddress caller() {
    return caller;
  }

  private void serve(String name) {
    while (true) {
      try (var client = listener.accept()) {
        caller = client.getInetAddress();
        client.getOutputStream().write(name.getBytes(US_ASCII));
      } catch (IOException e) {
        if (listener.isClosed()) {
          return;
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

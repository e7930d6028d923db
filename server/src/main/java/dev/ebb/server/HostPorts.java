package dev.ebb.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carries connections of instances to ports of the machine's loopback, which no network namespace
/// but the machine's own reaches. Each connection has two virtual threads.
final class HostPorts implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HostPorts.class.getName());

  /// At which instances find names, Services and the API.
  static final Set<Integer> OWN = Set.of(53, 80, 443);

  /// The name of the machine, for instances.
  static final String NAME = "host.ebb.internal";

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final List<ServerSocket> listeners = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /// @param address at which instances reach the server
  /// @param expose leads the first port at that address to the second one
  HostPorts(InetAddress address, List<Integer> ports, Exposed expose) {
    try {
      for (int port : ports) {
        ServerSocket listener = new ServerSocket(0, 128, address);
        listeners.add(listener);
        expose.lead(port, listener.getLocalPort());
        Thread.ofVirtual().name("host-port-" + port).start(() -> accept(listener, port));
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("cannot carry connections to the machine's ports", e);
    }
  }

  @FunctionalInterface
  interface Exposed {
    void lead(int port, int serverPort);
  }

  private void accept(ServerSocket listener, int port) {
    while (!listener.isClosed()) {
      try {
        Socket inside = listener.accept();
        Thread.ofVirtual().start(() -> carry(inside, port));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          LOG.log(Level.WARNING, "a connection to port " + port + " was lost", e);
        }
      }
    }
  }

  private void carry(Socket inside, int port) {
    open.add(inside);
    try (inside;
        Socket outside = new Socket()) {
      open.add(outside);
      outside.connect(new InetSocketAddress(LOOPBACK, port));
      Thread back = Thread.ofVirtual().start(() -> copy(outside, inside));
      copy(inside, outside);
      back.join();
      open.remove(outside);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nothing answers at port " + port, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(inside);
    }
  }

  /// Until one side has said all; the other one may go on.
  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // One of them is gone: so is what it was for.
      close(from);
      close(to);
    }
  }

  private static void close(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "cannot close " + one, e);
    }
  }

  @Override
  public void close() {
    listeners.forEach(HostPorts::close);
    open.forEach(HostPorts::close);
  }
}

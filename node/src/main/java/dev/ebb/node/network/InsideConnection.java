package dev.ebb.node.network;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Connections to what listens at 127.0.0.1 of another network namespace: a socket belongs for all
/// its life to the namespace of the thread that made it (network_namespaces(7)).
public final class InsideConnection {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private InsideConnection() {}

  /// Blocks for as long as a connection on a loopback takes.
  ///
  /// @param namespace its file, such as `/proc/PID/ns/net`
  /// @return in blocking mode, for any thread
  /// @throws IOException when nobody listens, or the namespace is gone
  public static SocketChannel open(Path namespace, int port) throws IOException {
    var opened = new CompletableFuture<SocketChannel>();
    // The thread ends in the other namespace: it is of use to nobody after that.
    Thread.ofPlatform()
        .daemon()
        .name("ebb-connect")
        .start(() -> {
          try {
            enter(namespace);
            opened.complete(connect(port));
          } catch (IOException | RuntimeException e) {
            opened.completeExceptionally(e);
          }
        });
    try {
      return opened.get();
    } catch (InterruptedException e) {
      var _ = opened.whenComplete((channel, failure) -> closeLate(channel));
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? "" : String.valueOf(cause.getMessage()), cause);
    }
  }

  private static void enter(Path namespace) {
    int descriptor = KernelCalls.openNamespace(namespace);
    try {
      KernelCalls.enterNetwork(descriptor);
    } finally {
      Linux.close(descriptor);
    }
  }

  private static SocketChannel connect(int port) throws IOException {
    var channel = SocketChannel.open(StandardProtocolFamily.INET);
    try {
      channel.connect(new InetSocketAddress(LOOPBACK, port));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void closeLate(@Nullable SocketChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        System.getLogger(InsideConnection.class.getName())
            .log(System.Logger.Level.DEBUG, "nobody wanted it", e);
      }
    }
  }
}

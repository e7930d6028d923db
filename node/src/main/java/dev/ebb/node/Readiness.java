package dev.ebb.node;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// Whether something listens on a unix socket.
public final class Readiness {
  private Readiness() {}

  /// Never waits. A listener whose queue is full counts as not ready; the next probe asks again.
  public static boolean isListening(Path socket) {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.configureBlocking(false);
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException notYet) {
      // ENOENT before bind(2), ECONNREFUSED between it and listen(2), EAGAIN for a full queue.
      return false;
    }
  }
}

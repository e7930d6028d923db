package dev.ebb.apiserver.pods;

import dev.ebb.kinds.ObjectKey;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/// The ports that a Pod's processes listen on.
public interface PodPorts {
  /// Called before a connection is taken over.
  ///
  /// @throws dev.ebb.resources.ApiException 404 when there is no such Pod
  void check(ObjectKey pod);

  /// A new connection to a port, in blocking mode.
  ///
  /// @throws IOException with the text that the client gets to read, when nothing listens there
  SocketChannel connect(ObjectKey pod, int port) throws IOException;
}

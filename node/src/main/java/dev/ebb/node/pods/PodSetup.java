package dev.ebb.node.pods;

import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.sandbox.Mount;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What was made for one instance before its first container.
///
/// @param directory of its own, with the containers' bundles and its files
/// @param forwarded ports at 127.0.0.1 that can be reached from outside; thread-safe
/// @param volumes what each volume of the Pod is, by name
/// @param socket where requests come in by one
public record PodSetup(
    NetworkLease network,
    Path directory,
    String hostname,
    Map<String, Mount.Source> volumes,
    Optional<FunctionSocket> socket,
    Set<Integer> forwarded) {
  public PodSetup {
    volumes = Map.copyOf(volumes);
  }

  PodSetup(
      NetworkLease network,
      Path directory,
      String hostname,
      Map<String, Mount.Source> volumes,
      Optional<FunctionSocket> socket) {
    this(network, directory, hostname, volumes, socket, ConcurrentHashMap.newKeySet());
  }

  /// Where requests go.
  ///
  /// @param port 0 for a worker, which takes none
  Optional<SocketAddress> address(int port) {
    if (port == 0) {
      return Optional.empty();
    }
    return Optional.of(
        socket
            .<SocketAddress>map(one -> UnixDomainSocketAddress.of(one.path()))
            .orElseGet(() -> new InetSocketAddress(network.address(), port)));
  }

  /// When a function's runtime gave its sign of life, in nanoseconds of [System#nanoTime]; 0 where
  /// none does.
  long bootedAt() {
    return socket.map(FunctionSocket::bootedAt).orElse(0L);
  }

  String ip() {
    return network.address().getHostAddress();
  }
}

package dev.ebb.node.pods;

import dev.ebb.node.ListeningTable;
import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.Tenant;
import java.util.Optional;

/// Gives instances their networks. Thread-safe; blocks for a moment at most.
public interface PodNetwork {
  /// @throws dev.ebb.node.network.NetworkUnavailableException when the kernel gives no more
  NetworkLease lease(Tenant tenant);

  /// Of an instance that an earlier server started; empty when it is gone.
  ///
  /// @param name of the lease
  Optional<NetworkLease> reattach(Tenant tenant, String name);

  /// Idempotent.
  void release(NetworkLease lease);

  /// Which TCP ports anything listens on in that network; a try costs a tenth of a millisecond.
  ///
  /// @return empty when that cannot be told, as of a network that is gone
  Optional<ListeningTable> listening(NetworkLease lease);

  /// Lets a port be reached on which a program listens at 127.0.0.1 only.
  void forwardToLoopback(NetworkLease lease, int port);

  /// All that an earlier server left and nobody has taken over is given back.
  void settle();
}

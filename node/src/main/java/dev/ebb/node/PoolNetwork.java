package dev.ebb.node;

import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.network.Tenant;
import dev.ebb.node.pods.PodNetwork;
import java.util.Optional;

/// The networks of Pods out of the machine's pool.
///
/// @param pool is not closed by it
public record PoolNetwork(NetworkPool pool) implements PodNetwork {
  @Override
  public NetworkLease lease(Tenant tenant) {
    try {
      return pool.lease(tenant);
    } catch (NetworkUnavailableException e) {
      throw StartRefusedException.createFailed(e);
    }
  }

  @Override
  public Optional<NetworkLease> reattach(Tenant tenant, String name) {
    return pool.reattach(tenant, name);
  }

  @Override
  public void release(NetworkLease lease) {
    pool.release(lease.instanceId());
  }

  @Override
  public Optional<ListeningTable> listening(NetworkLease lease) {
    return pool.listening(lease);
  }

  @Override
  public void forwardToLoopback(NetworkLease lease, int port) {
    pool.forwardToLoopback(lease, port);
  }

  @Override
  public void settle() {
    pool.settle();
  }
}

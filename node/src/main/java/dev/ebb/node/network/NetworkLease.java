package dev.ebb.node.network;

import java.net.Inet4Address;
import java.nio.file.Path;

/// The network of one instance, from `lease` to `release`.
///
/// @param tenant whose it is
/// @param name of the network namespace, enough to find it again after a restart of the server
/// @param path of the network namespace, for `setns` or an OCI bundle
/// @param address at which the server and the neighbours reach the instance
/// @param gateway the server's address in this network: DNS on port 53, services on port 80
public record NetworkLease(
    Tenant tenant, String name, Path path, Inet4Address address, Inet4Address gateway) {
  private static final String DOMAIN = "svc.cluster.local";

  public String instanceId() {
    return tenant.instanceId();
  }

  /// The Kubernetes namespace of the instance.
  public String namespace() {
    return tenant.namespace();
  }

  /// What belongs into `/etc/resolv.conf`, with the search domains and `ndots` that Kubernetes
  /// gives Pods.
  public String resolvConf() {
    return "nameserver "
        + gateway.getHostAddress()
        + "\nsearch "
        + namespace()
        + "."
        + DOMAIN
        + " "
        + DOMAIN
        + " cluster.local\noptions ndots:5\n";
  }

  /// What belongs into `/etc/hosts`. `localhost` is not `::1`, for what listens there only could
  /// not be reached from outside.
  public String hosts(String hostname) {
    return "127.0.0.1\tlocalhost\n" + address.getHostAddress() + "\t" + hostname + "\n";
  }
}

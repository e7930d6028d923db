package dev.ebb.node.network;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.List;

/// What is in force in the networks of a server's instances.
///
/// @param subnet of instances and services
/// @param gateway the server's address in it
/// @param egress whether instances reach other machines, by NAT
/// @param nameServers where names of other machines are asked for
/// @param policies how many NetworkPolicies there are
/// @param instances how many have a network
/// @param ready how many networks are ready for more
public record NetworkStatus(
    Subnet subnet,
    Inet4Address gateway,
    boolean egress,
    List<InetSocketAddress> nameServers,
    int policies,
    int instances,
    int ready) {
  public NetworkStatus {
    nameServers = List.copyOf(nameServers);
  }
}

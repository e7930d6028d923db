package dev.ebb.node.network;

/// Rules within an instance's own network namespace, for a program that listens on 127.0.0.1 only:
/// what comes to the instance's address goes there.
final class LoopbackForward {
  private LoopbackForward() {}

  static String rules(NetworkLease lease, int port) {
    return """
    add table ip ebb
    add set ip ebb loopback { type inet_service; }
    add chain ip ebb prerouting { type nat hook prerouting priority dstnat; policy accept; }
    flush chain ip ebb prerouting
    add rule ip ebb prerouting ip daddr ADDRESS tcp dport @loopback dnat to 127.0.0.1
    add element ip ebb loopback { PORT }
    """
        .replace("ADDRESS", lease.address().getHostAddress())
        .replace("PORT", Integer.toString(port));
  }
}

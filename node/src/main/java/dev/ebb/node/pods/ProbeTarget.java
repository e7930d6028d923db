package dev.ebb.node.pods;

import dev.ebb.node.network.NetworkLease;

/// Whom a probe asks.
///
/// @param container name at the runtime
/// @param pid of its first process
/// @param port of a probe that names none
record ProbeTarget(String container, long pid, NetworkLease network, int port) {
  String ip() {
    return network.address().getHostAddress();
  }

  int port(int asked) {
    return asked == 0 ? port : asked;
  }
}

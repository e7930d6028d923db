package dev.ebb.node.pods;

import java.util.Optional;

/// Whom a probe asks.
///
/// @param container name at the runtime
/// @param pid of its first process
/// @param port of a probe that names none
/// @param bySocket what comes to that port is for the Pod's [FunctionSocket]
record ProbeTarget(String container, long pid, PodSetup setup, int port, boolean bySocket) {
  /// Where a function takes what comes to a port; empty for what comes to the port itself.
  Optional<FunctionSocket> socket(String host, int asked) {
    return bySocket && host.isEmpty() && port(asked) == port ? setup.socket() : Optional.empty();
  }

  String ip() {
    return setup.ip();
  }

  int port(int asked) {
    return asked == 0 ? port : asked;
  }
}

package dev.ebb.node.pods;

/// Whom a probe asks.
///
/// @param container name at the runtime
/// @param pid of its first process
/// @param port of a probe that names none
record ProbeTarget(String container, long pid, PodSetup setup, int port) {
  String ip() {
    return setup.ip();
  }

  int port(int asked) {
    return asked == 0 ? port : asked;
  }
}

package dev.ebb.server;

import dev.ebb.node.volumes.HostPaths;
import java.util.List;

/// What of the machine its administrator lets instances have: nothing, unless it is said.
///
/// @param paths for `hostPath` volumes
/// @param ports of the machine's loopback that instances reach
record HostAccess(HostPaths paths, List<Integer> ports) {
  static final HostAccess NONE = new HostAccess(HostPaths.NONE, List.of());

  HostAccess {
    ports = List.copyOf(ports);
  }
}

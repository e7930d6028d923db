package dev.ebb.node.pods;

import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.sandbox.Mount;
import java.nio.file.Path;
import java.util.Map;

/// What was made for one instance before its first container.
///
/// @param directory of its own, with the containers' bundles and its files
/// @param volumes what each volume of the Pod is, by name
record PodSetup(
    NetworkLease network, Path directory, String hostname, Map<String, Mount.Source> volumes) {
  PodSetup {
    volumes = Map.copyOf(volumes);
  }

  String ip() {
    return network.address().getHostAddress();
  }
}

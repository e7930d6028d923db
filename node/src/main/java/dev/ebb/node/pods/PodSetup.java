package dev.ebb.node.pods;

import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.sandbox.Mount;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What was made for one instance before its first container.
///
/// @param directory of its own, with the containers' bundles and its files
/// @param forwarded ports at 127.0.0.1 that can be reached from outside; thread-safe
/// @param volumes what each volume of the Pod is, by name
public record PodSetup(
    NetworkLease network,
    Path directory,
    String hostname,
    Map<String, Mount.Source> volumes,
    Set<Integer> forwarded) {
  public PodSetup {
    volumes = Map.copyOf(volumes);
  }

  PodSetup(
      NetworkLease network, Path directory, String hostname, Map<String, Mount.Source> volumes) {
    this(network, directory, hostname, volumes, ConcurrentHashMap.newKeySet());
  }

  String ip() {
    return network.address().getHostAddress();
  }
}

package dev.ebb.node;

import dev.ebb.node.network.NetworkLease;
import dev.ebb.node.network.Tenant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The network of a function's container in a file, for the next server: its name, the Kubernetes
/// namespace, then a line `key=value` for each label of the Pod. Pure.
final class FunctionLease {
  private FunctionLease() {}

  static List<String> lines(NetworkLease lease) {
    Stream<String> labels =
        lease.tenant().labels().entrySet().stream().map(it -> it.getKey() + "=" + it.getValue());
    return Stream.concat(Stream.of(lease.name(), lease.namespace()), labels).toList();
  }

  static Tenant tenant(String instanceId, String pod, List<String> lines) {
    Map<String, String> labels = new HashMap<>();
    for (String line : lines.subList(2, lines.size())) {
      int equals = line.indexOf('=');
      labels.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return new Tenant(instanceId, lines.get(1), pod, labels, List.of());
  }
}

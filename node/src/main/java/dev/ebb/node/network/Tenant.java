package dev.ebb.node.network;

import java.util.List;
import java.util.Map;

/// Who has a network: an instance as the rules see it.
///
/// @param instanceId one network for each
/// @param namespace the Kubernetes namespace of the instance: its neighbours reach it, others do
///   not
/// @param pod name or UID of the Pod that shows it, by which its present labels are found
/// @param labels of the Pod at its start
/// @param ports that its containers name, which policies may name too
public record Tenant(
    String instanceId,
    String namespace,
    String pod,
    Map<String, String> labels,
    List<NamedPort> ports) {
  public Tenant {
    labels = Map.copyOf(labels);
    ports = List.copyOf(ports);
  }

  public record NamedPort(String name, Protocol protocol, int number) {}

  /// One without labels and names of ports.
  public static Tenant of(String instanceId, String namespace) {
    return new Tenant(instanceId, namespace, instanceId, Map.of(), List.of());
  }

  public Tenant withLabels(Map<String, String> now) {
    return new Tenant(instanceId, namespace, pod, now, ports);
  }

  public Tenant withPorts(List<NamedPort> named) {
    return new Tenant(instanceId, namespace, pod, labels, named);
  }
}

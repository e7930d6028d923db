package dev.ebb.node.network;

import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Target;
import dev.ebb.node.network.Tenant.NamedPort;
import java.util.List;
import java.util.Map;

/// What stands at the gateway's address, in the words that egress rules have for it on a cluster:
/// the cluster's DNS and the gateway of Knative are Pods there, chosen by namespace and labels. The
/// API server is none, so only addresses name it. Pure.
final class GatewayPods {
  /// @param namespace empty: no namespace, so no selector finds it
  record Pod(String namespace, Map<String, String> labels, List<NamedPort> ports) {}

  private static final List<NamedPort> HTTP = List.of(new NamedPort("http", Protocol.TCP, 80));

  static final List<Pod> ALL =
      List.of(
          new Pod(
              "kube-system",
              Map.of("k8s-app", "kube-dns"),
              List.of(
                  new NamedPort("dns", Protocol.UDP, 53),
                  new NamedPort("dns-tcp", Protocol.TCP, 53))),
          new Pod("kourier-system", Map.of("app", "3scale-kourier-gateway"), HTTP),
          new Pod("istio-system", Map.of("istio", "ingressgateway"), HTTP),
          new Pod("knative-serving", Map.of("app", "activator"), HTTP),
          new Pod("", Map.of(), List.of(new NamedPort("https", Protocol.TCP, 443))));

  private GatewayPods() {}

  /// @param targets none: all ports
  static boolean matches(List<Target> targets, NamedPort port) {
    return targets.isEmpty()
        || targets.stream()
            .anyMatch(target ->
                switch (target) {
                  case Ports(Protocol protocol, int first, int last) ->
                      protocol == port.protocol()
                          && first <= port.number()
                          && port.number() <= last;
                  case PortName(Protocol protocol, String name) ->
                      protocol == port.protocol() && name.equals(port.name());
                });
  }
}

package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Rule;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.Subnet;
import dev.ebb.resources.selector.LabelSelector;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// NetworkPolicies of `networking.k8s.io/v1`, as far as they speak of ingress. What cannot be told
/// from here (ports by name, SCTP, blocks of IPv6) opens nothing.
final class InstancePolicies {
  private InstancePolicies() {}

  static NetworkPolicies of(List<KubernetesObject> policies, List<KubernetesObject> namespaces) {
    return new NetworkPolicies(
        policies.stream()
            .filter(it -> concernsIngress(it.spec()))
            .map(it ->
                new Policy(
                    it.namespace(),
                    LabelSelector.of(it.spec().path("podSelector")),
                    it.spec()
                        .path("ingress")
                        .valueStream()
                        .flatMap(InstancePolicies::rule)
                        .toList()))
            .toList(),
        namespaces.stream()
            .collect(Collectors.toMap(KubernetesObject::name, KubernetesObject::labels)));
  }

  /// Without `policyTypes` a policy always speaks of ingress.
  private static boolean concernsIngress(JsonNode spec) {
    var types = spec.path("policyTypes");
    return types.isEmpty() || types.valueStream().anyMatch(it -> it.asString("").equals("Ingress"));
  }

  /// None when it names peers or ports, but none that can be told: an empty list would mean all.
  private static Stream<Rule> rule(JsonNode rule) {
    List<Peer> from = rule.path("from").valueStream().flatMap(it -> peer(it).stream()).toList();
    List<Ports> ports = rule.path("ports").valueStream().flatMap(it -> ports(it).stream()).toList();
    boolean nobody = !rule.path("from").isEmpty() && from.isEmpty();
    boolean nowhere = !rule.path("ports").isEmpty() && ports.isEmpty();
    return nobody || nowhere ? Stream.empty() : Stream.of(new Rule(from, ports));
  }

  private static Optional<Peer> peer(JsonNode peer) {
    var block = peer.path("ipBlock");
    if (!block.isMissingNode()) {
      return subnet(block.path("cidr"))
          .map(it ->
              new Block(
                  it,
                  block.path("except").valueStream().flatMap(e -> subnet(e).stream()).toList()));
    }
    var namespaces = peer.path("namespaceSelector");
    return Optional.of(
        new Pods(
            namespaces.isMissingNode()
                ? Optional.empty()
                : Optional.of(LabelSelector.of(namespaces)),
            LabelSelector.of(peer.path("podSelector"))));
  }

  private static Optional<Subnet> subnet(JsonNode text) {
    try {
      return Optional.of(Subnet.parse(text.asString("")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Ports> ports(JsonNode port) {
    Protocol protocol;
    switch (port.path("protocol").asString("TCP")) {
      case "TCP" -> protocol = Protocol.TCP;
      case "UDP" -> protocol = Protocol.UDP;
      default -> {
        return Optional.empty();
      }
    }
    var number = port.path("port");
    if (number.isMissingNode()) {
      return Optional.of(Ports.all(protocol));
    }
    if (!number.isInt()) {
      return Optional.empty();
    }
    int first = number.asInt();
    return Optional.of(new Ports(protocol, first, port.path("endPort").asInt(first)));
  }
}

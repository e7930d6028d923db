package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Rule;
import dev.ebb.node.network.NetworkPolicies.Target;
import dev.ebb.node.network.Protocol;
import dev.ebb.node.network.Subnet;
import dev.ebb.resources.selector.LabelSelector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// NetworkPolicies of `networking.k8s.io/v1`. What cannot be told from here (blocks of IPv6) opens
/// nothing. Pure; the same objects give equal policies.
final class InstancePolicies {
  private InstancePolicies() {}

  static NetworkPolicies of(List<KubernetesObject> policies, List<KubernetesObject> namespaces) {
    return new NetworkPolicies(
        policies.stream()
            .sorted(
                Comparator.comparing(KubernetesObject::namespace)
                    .thenComparing(KubernetesObject::name))
            .map(it ->
                new Policy(
                    it.namespace(),
                    LabelSelector.of(it.spec().path("podSelector")),
                    rules(it.spec(), "Ingress", "ingress", "from"),
                    rules(it.spec(), "Egress", "egress", "to")))
            .toList(),
        namespaces.stream()
            .collect(Collectors.toMap(KubernetesObject::name, KubernetesObject::labels)));
  }

  /// Empty when the policy is not about this direction. Without `policyTypes` it is always about
  /// ingress, and about egress when it has such rules.
  private static Optional<List<Rule>> rules(JsonNode spec, String type, String list, String peers) {
    JsonNode types = spec.path("policyTypes");
    boolean concerned =
        types.isEmpty()
            ? type.equals("Ingress") || !spec.path(list).isEmpty()
            : types.valueStream().anyMatch(it -> it.asString("").equals(type));
    return concerned
        ? Optional.of(spec.path(list).valueStream().flatMap(it -> rule(it, peers)).toList())
        : Optional.empty();
  }

  /// None when it names peers or ports, but none that can be told: an empty list would mean all.
  private static Stream<Rule> rule(JsonNode rule, String field) {
    List<Peer> peers = rule.path(field).valueStream().flatMap(it -> peer(it).stream()).toList();
    List<Target> ports =
        rule.path("ports").valueStream().flatMap(it -> ports(it).stream()).toList();
    boolean nobody = !rule.path(field).isEmpty() && peers.isEmpty();
    boolean nowhere = !rule.path("ports").isEmpty() && ports.isEmpty();
    return nobody || nowhere ? Stream.empty() : Stream.of(new Rule(peers, ports));
  }

  private static Optional<Peer> peer(JsonNode peer) {
    JsonNode block = peer.path("ipBlock");
    if (!block.isMissingNode()) {
      return block(block);
    }
    JsonNode namespaces = peer.path("namespaceSelector");
    return Optional.of(
        new Pods(
            namespaces.isMissingNode()
                ? Optional.empty()
                : Optional.of(LabelSelector.of(namespaces)),
            LabelSelector.of(peer.path("podSelector"))));
  }

  /// An exception that cannot be told would open what it closes, so then there is no block.
  private static Optional<Peer> block(JsonNode block) {
    Optional<Subnet> subnet = subnet(block.path("cidr"));
    var except = new ArrayList<Subnet>();
    for (JsonNode each : block.path("except")) {
      Optional<Subnet> exception = subnet(each);
      if (exception.isEmpty()) {
        return Optional.empty();
      }
      except.add(exception.get());
    }
    return subnet.map(it -> new Block(it, except));
  }

  /// As Kubernetes has it, bits behind the prefix do not count.
  private static Optional<Subnet> subnet(JsonNode text) {
    try {
      return Optional.of(Subnet.around(text.asString("")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Target> ports(JsonNode port) {
    Optional<Protocol> protocol = Protocol.of(port.path("protocol").asString("TCP"));
    JsonNode number = port.path("port");
    return protocol.map(it -> {
      if (number.isMissingNode() || number.isNull()) {
        return Ports.all(it);
      }
      if (number.isString()) {
        return new PortName(it, number.asString());
      }
      int first = number.asInt();
      return new Ports(it, first, port.path("endPort").asInt(first));
    });
  }
}

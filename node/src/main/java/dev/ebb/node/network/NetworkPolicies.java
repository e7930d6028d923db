package dev.ebb.node.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Who may reach whom beyond one's own namespace, and who may not within it: the ingress rules of
/// `networking.k8s.io/v1` NetworkPolicies. An instance that a policy selects is reached by nobody
/// but whom a policy that selects it names. The server itself, and through it the gateway, reaches
/// every instance. Egress rules are not part of it. Immutable.
///
/// @param policies all of them
/// @param namespaces labels of namespaces by name
public record NetworkPolicies(List<Policy> policies, Map<String, Map<String, String>> namespaces) {
  public NetworkPolicies {
    policies = List.copyOf(policies);
    namespaces = Map.copyOf(namespaces);
  }

  public static NetworkPolicies none() {
    return new NetworkPolicies(List.of(), Map.of());
  }

  /// @param namespace of the policy, and of the instances that it selects
  /// @param pods tells by labels which of them
  /// @param ingress no rules: nobody reaches them
  public record Policy(String namespace, Predicate<Map<String, String>> pods, List<Rule> ingress) {
    public Policy {
      ingress = List.copyOf(ingress);
    }
  }

  /// @param from empty: everybody
  /// @param ports empty: all
  public record Rule(List<Peer> from, List<Ports> ports) {
    public Rule {
      from = List.copyOf(from);
      ports = List.copyOf(ports);
    }
  }

  public sealed interface Peer {}

  /// @param namespaces tells by labels which namespaces; empty: the policy's own
  /// @param pods tells by labels which instances in them
  public record Pods(
      Optional<Predicate<Map<String, String>>> namespaces, Predicate<Map<String, String>> pods)
      implements Peer {}

  /// Addresses (`ipBlock`).
  public record Block(Subnet subnet, List<Subnet> except) implements Peer {
    public Block {
      except = List.copyOf(except);
    }
  }

  /// @param first to `last`, inclusive, 1 to 65535
  public record Ports(Protocol protocol, int first, int last) {
    public Ports {
      if (first < 1 || last < first || last > 65_535) {
        throw new IllegalArgumentException(first + " to " + last + " are no ports");
      }
    }

    /// Every port of a protocol.
    public static Ports all(Protocol protocol) {
      return new Ports(protocol, 1, 65_535);
    }
  }
}

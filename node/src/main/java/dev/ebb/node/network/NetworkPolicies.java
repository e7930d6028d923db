package dev.ebb.node.network;

import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Who may reach whom beyond one's own namespace, and who may not within it: the NetworkPolicies of
/// `networking.k8s.io/v1`. An instance that a policy with ingress rules selects is reached by
/// nobody but whom a policy that selects it names; one that a policy with egress rules selects
/// reaches nobody but those. The server itself, and through it the gateway, reaches every instance,
/// and every instance reaches itself. Immutable.
///
/// Selectors are compared by `equals`: those that are equal share a set of the kernel.
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
  /// @param ingress empty when the policy is not about it; no rules: nobody reaches them
  /// @param egress empty when the policy is not about it; no rules: they reach nobody
  public record Policy(
      String namespace,
      Predicate<Map<String, String>> pods,
      Optional<List<Rule>> ingress,
      Optional<List<Rule>> egress) {
    public Policy {
      ingress = ingress.map(List::copyOf);
      egress = egress.map(List::copyOf);
    }

    static Policy ingress(String namespace, Predicate<Map<String, String>> pods, Rule... rules) {
      return new Policy(namespace, pods, Optional.of(List.of(rules)), Optional.empty());
    }

    static Policy egress(String namespace, Predicate<Map<String, String>> pods, Rule... rules) {
      return new Policy(namespace, pods, Optional.empty(), Optional.of(List.of(rules)));
    }
  }

  /// @param peers `from` or `to`; empty: everybody
  /// @param ports of whom is reached; empty: all
  public record Rule(List<Peer> peers, List<Target> ports) {
    public Rule {
      peers = List.copyOf(peers);
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

    boolean contains(Inet4Address address) {
      return subnet.contains(address) && except.stream().noneMatch(it -> it.contains(address));
    }
  }

  public sealed interface Target {}

  /// @param first to `last`, inclusive, 1 to 65535
  public record Ports(Protocol protocol, int first, int last) implements Target {
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

  /// The port that the container which is reached gives this name: another for each instance,
  /// perhaps.
  public record PortName(Protocol protocol, String name) implements Target {}
}

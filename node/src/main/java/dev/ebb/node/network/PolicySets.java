package dev.ebb.node.network;

import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Rule;
import dev.ebb.node.network.NetworkPolicies.Target;
import dev.ebb.node.network.NftElements.Element;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Policies as chains of rules about sets of instances ([PolicyGroups]). Each policy has a chain
/// for each of its directions:
///
/// - ingress accepts, for whom is reached is judged last;
/// - egress sets the mark, for whom is reached must accept too;
/// - a second one of egress is for the gateway's address. What stands there is known, so which
///   rules let it be reached is computed here ([GatewayPods]), and the port that counts is the one
///   that the instance asked for.
///
/// Immutable.
final class PolicySets {
  private final NetworkPolicies policies;
  private final Inet4Address gateway;
  private final PolicyGroups groups;
  private final String prefix;

  PolicySets(NetworkPolicies policies, Inet4Address gateway, int generation) {
    this.policies = policies;
    this.gateway = gateway;
    prefix = "g" + generation + "-";
    groups = new PolicyGroups(policies, prefix);
  }

  int count() {
    return policies.policies().size();
  }

  /// The sets that an instance is in.
  List<Element> elements(Inet4Address address, Tenant tenant) {
    return groups.elements(address, tenant);
  }

  /// Commands for `nft` that add the sets, still empty, and the rules.
  String add(String table) {
    var commands = new StringBuilder(groups.add(table));
    for (int i = 0; i < policies.policies().size(); i++) {
      var policy = policies.policies().get(i);
      int number = i;
      String selected = groups.of(policy);
      policy
          .ingress()
          .ifPresent(rules -> {
            var lines = rules.stream().flatMap(it -> lines(policy, it, "saddr", "accept"));
            chain(commands, table, chain("ingress", number), lines);
            jump(commands, table, "policies", "ip daddr @" + selected, chain("ingress", number));
          });
      policy
          .egress()
          .ifPresent(rules -> {
            String ours = "ip saddr @" + selected;
            var lines = rules.stream().flatMap(it -> lines(policy, it, "daddr", NftRules.ALLOW));
            chain(commands, table, chain("egress", number), lines);
            jump(commands, table, "egress", ours, chain("egress", number));
            var machine = rules.stream().flatMap(it -> toGateway(policy, it));
            chain(commands, table, chain("gateway", number), machine);
            jump(commands, table, "egress-gateway", ours, chain("gateway", number));
          });
    }
    return commands.toString();
  }

  private static void chain(StringBuilder to, String table, String chain, Stream<String> rules) {
    to.append("add chain inet %s %s\n".formatted(table, chain));
    rules.forEach(it -> to.append("add rule inet %s %s %s\n".formatted(table, chain, it)));
  }

  private static void jump(
      StringBuilder to, String table, String from, String matches, String chain) {
    to.append("add rule inet %s %s %s jump %s\n".formatted(table, from, matches, chain));
  }

  /// @param peer which address of a packet is the peer's
  private Stream<String> lines(Policy policy, Rule rule, String peer, String verdict) {
    List<String> peers = rule.peers().stream().map(it -> match(policy, it, peer)).toList();
    List<String> ports = rule.ports().stream().map(this::match).toList();
    return (peers.isEmpty() ? Stream.of("") : peers.stream())
        .flatMap(from ->
            (ports.isEmpty() ? Stream.of("") : ports.stream())
                .map(port -> from + " " + port + " " + verdict));
  }

  private String match(Policy policy, Peer peer, String address) {
    return switch (peer) {
      case Pods pods -> "ip %s @%s".formatted(address, groups.of(policy, pods));
      case Block(Subnet subnet, List<Subnet> except) ->
          "ip %s %s".formatted(address, subnet)
              + (except.isEmpty() ? "" : " ip %s != { %s }".formatted(address, join(except)));
    };
  }

  private static String join(List<Subnet> subnets) {
    return subnets.stream().map(Subnet::toString).distinct().collect(Collectors.joining(", "));
  }

  private String match(Target target) {
    return switch (target) {
      case Ports ports -> ports.protocol().text() + " dport " + range(ports.first(), ports.last());
      case PortName name -> "ip daddr . meta l4proto . th dport @" + groups.of(name);
    };
  }

  private static String range(int first, int last) {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }

  private Stream<String> toGateway(Policy policy, Rule rule) {
    var lines = new ArrayList<String>();
    for (GatewayPods.Pod pod : GatewayPods.ALL) {
      boolean named =
          rule.peers().isEmpty()
              || rule.peers().stream()
                  .anyMatch(peer ->
                      switch (peer) {
                        case Block block -> block.contains(gateway);
                        case Pods pods ->
                            !pod.namespace().isEmpty()
                                && groups.names(policy, pods, pod.namespace(), pod.labels());
                      });
      if (named) {
        pod.ports().stream()
            .filter(port -> GatewayPods.matches(rule.ports(), port))
            .map(port ->
                "meta l4proto %s ct original proto-dst %d %s"
                    .formatted(port.protocol().text(), port.number(), NftRules.ALLOW))
            .forEach(lines::add);
      }
    }
    return lines.stream().distinct();
  }

  /// Commands for `nft` that remove them again.
  String remove(String table) {
    var commands = new StringBuilder();
    for (String chain : List.of("policies", "egress", "egress-gateway")) {
      commands.append("flush chain inet %s %s\n".formatted(table, chain));
    }
    for (int i = 0; i < policies.policies().size(); i++) {
      var policy = policies.policies().get(i);
      if (policy.ingress().isPresent()) {
        delete(commands, table, chain("ingress", i));
      }
      if (policy.egress().isPresent()) {
        delete(commands, table, chain("egress", i));
        delete(commands, table, chain("gateway", i));
      }
    }
    return commands.append(groups.remove(table)).toString();
  }

  private static void delete(StringBuilder to, String table, String chain) {
    to.append("flush chain inet %s %s\n".formatted(table, chain));
    to.append("delete chain inet %s %s\n".formatted(table, chain));
  }

  private String chain(String kind, int policy) {
    return prefix + kind + "-" + policy;
  }
}

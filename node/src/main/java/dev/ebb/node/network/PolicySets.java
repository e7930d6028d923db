package dev.ebb.node.network;

import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Policies as sets of addresses and rules about them. Each policy has a set of the instances that
/// it selects, and each of its peers one of the instances that it names; a start puts an address
/// into some of them. Immutable.
final class PolicySets {
  private final NetworkPolicies policies;

  /// Sets and chains of one generation live beside those of another in one transaction.
  private final int generation;

  PolicySets(NetworkPolicies policies, int generation) {
    this.policies = policies;
    this.generation = generation;
  }

  /// The sets that an instance is in.
  List<String> of(String namespace, Map<String, String> labels) {
    var sets = new ArrayList<String>();
    var all = policies.policies();
    for (int i = 0; i < all.size(); i++) {
      var policy = all.get(i);
      if (policy.namespace().equals(namespace) && policy.pods().test(labels)) {
        sets.add(selected(i));
      }
      for (int j = 0; j < policy.ingress().size(); j++) {
        var from = policy.ingress().get(j).from();
        for (int k = 0; k < from.size(); k++) {
          if (from.get(k) instanceof Pods pods && names(policy, pods, namespace, labels)) {
            sets.add(peer(i, j, k));
          }
        }
      }
    }
    if (sets.stream().anyMatch(it -> it.startsWith(prefix() + "selected"))) {
      sets.add(NftRules.ISOLATED);
    }
    return sets;
  }

  private boolean names(Policy policy, Pods pods, String namespace, Map<String, String> labels) {
    boolean there =
        pods.namespaces()
            .map(it -> it.test(policies.namespaces().getOrDefault(namespace, Map.of())))
            .orElse(policy.namespace().equals(namespace));
    return there && pods.pods().test(labels);
  }

  /// Commands for `nft` that add the sets, still empty, and the rules.
  String add(String table) {
    var commands = new StringBuilder();
    for (int i = 0; i < policies.policies().size(); i++) {
      var policy = policies.policies().get(i);
      var chain = chain(i);
      commands.append("add chain inet %s %s\n".formatted(table, chain));
      commands.append(set("add", table, selected(i)));
      for (int j = 0; j < policy.ingress().size(); j++) {
        rule(commands, table, chain, policy.ingress().get(j), i, j);
      }
      commands.append(
          "add rule inet %s policies ip daddr @%s jump %s\n".formatted(table, selected(i), chain));
    }
    return commands.toString();
  }

  private void rule(StringBuilder to, String table, String chain, Rule rule, int i, int j) {
    List<String> sources = new ArrayList<>();
    for (int k = 0; k < rule.from().size(); k++) {
      Peer peer = rule.from().get(k);
      sources.add(
          switch (peer) {
            case Pods ignored -> {
              to.append(set("add", table, peer(i, j, k)));
              yield "ip saddr @" + peer(i, j, k);
            }
            case Block(Subnet subnet, List<Subnet> except) ->
                "ip saddr "
                    + subnet
                    + (except.isEmpty() ? "" : " ip saddr != { " + join(except) + " }");
          });
    }
    List<String> ports = rule.ports().stream().map(PolicySets::ports).toList();
    for (var source : sources.isEmpty() ? List.of("") : sources) {
      for (var port : ports.isEmpty() ? List.of("") : ports) {
        to.append("add rule inet %s %s %s %s accept\n".formatted(table, chain, source, port));
      }
    }
  }

  /// Commands for `nft` that remove them again.
  String remove(String table) {
    var commands = new StringBuilder("flush chain inet %s policies\n".formatted(table));
    for (int i = 0; i < policies.policies().size(); i++) {
      commands.append("flush chain inet %s %s\n".formatted(table, chain(i)));
      commands.append("delete chain inet %s %s\n".formatted(table, chain(i)));
      commands.append(set("delete", table, selected(i)));
      var rules = policies.policies().get(i).ingress();
      for (int j = 0; j < rules.size(); j++) {
        for (int k = 0; k < rules.get(j).from().size(); k++) {
          if (rules.get(j).from().get(k) instanceof Pods) {
            commands.append(set("delete", table, peer(i, j, k)));
          }
        }
      }
    }
    return commands.toString();
  }

  private static String set(String verb, String table, String name) {
    return verb.equals("add")
        ? "add set inet %s %s { type ipv4_addr; }\n".formatted(table, name)
        : "delete set inet %s %s\n".formatted(table, name);
  }

  private static String ports(Ports ports) {
    return ports.protocol().text()
        + " dport "
        + (ports.first() == ports.last() ? ports.first() : ports.first() + "-" + ports.last());
  }

  private static String join(List<Subnet> subnets) {
    return subnets.stream().map(Subnet::toString).collect(Collectors.joining(", "));
  }

  private String prefix() {
    return "g" + generation + "-";
  }

  private String chain(int policy) {
    return prefix() + "policy-" + policy;
  }

  private String selected(int policy) {
    return prefix() + "selected-" + policy;
  }

  private String peer(int policy, int rule, int peer) {
    return prefix() + "peer-" + policy + "-" + rule + "-" + peer;
  }
}

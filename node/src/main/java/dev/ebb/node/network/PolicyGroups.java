package dev.ebb.node.network;

import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Rule;
import dev.ebb.node.network.NftElements.Address;
import dev.ebb.node.network.NftElements.Element;
import dev.ebb.node.network.NftElements.Port;
import dev.ebb.node.network.NftElements.Transport;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The sets of the kernel in which policies find instances: one for each group of instances that
/// some policy selects or names, and one for each name of a port. A start puts an address into some
/// of them, and a change of labels moves it. Immutable.
final class PolicyGroups {
  /// Instances of one namespace, or of those with certain labels, that have certain labels.
  private record Group(
      Optional<String> namespace,
      Optional<Predicate<Map<String, String>>> namespaces,
      Predicate<Map<String, String>> pods) {}

  private final Map<String, Map<String, String>> labelsOfNamespaces;
  private final String prefix;
  private final Map<Group, String> groups = new LinkedHashMap<>();
  private final Map<PortName, String> names = new LinkedHashMap<>();
  private final Set<Group> isolated = new LinkedHashSet<>();
  private final Set<Group> restricted = new LinkedHashSet<>();

  /// @param prefix of all names: sets of one generation live beside those of another in one
  ///   transaction
  PolicyGroups(NetworkPolicies policies, String prefix) {
    labelsOfNamespaces = policies.namespaces();
    this.prefix = prefix;
    for (Policy policy : policies.policies()) {
      Group selected = selected(policy);
      name(selected);
      policy.ingress().ifPresent(ignored -> isolated.add(selected));
      policy.egress().ifPresent(ignored -> restricted.add(selected));
      Stream.of(policy.ingress(), policy.egress())
          .flatMap(Optional::stream)
          .flatMap(List::stream)
          .forEach(rule -> names(policy, rule));
    }
  }

  private void names(Policy policy, Rule rule) {
    for (Peer peer : rule.peers()) {
      if (peer instanceof Pods pods) {
        name(named(policy, pods));
      }
    }
    for (var target : rule.ports()) {
      if (target instanceof PortName port) {
        names.computeIfAbsent(port, ignored -> prefix + "port-" + names.size());
      }
    }
  }

  private void name(Group group) {
    groups.computeIfAbsent(group, ignored -> prefix + "group-" + groups.size());
  }

  private static Group selected(Policy policy) {
    return new Group(Optional.of(policy.namespace()), Optional.empty(), policy.pods());
  }

  private static Group named(Policy policy, Pods pods) {
    return pods.namespaces().isPresent()
        ? new Group(Optional.empty(), pods.namespaces(), pods.pods())
        : new Group(Optional.of(policy.namespace()), Optional.empty(), pods.pods());
  }

  /// The set of the instances that a policy selects.
  String of(Policy policy) {
    return set(selected(policy));
  }

  /// The set of the instances that a policy names.
  String of(Policy policy, Pods pods) {
    return set(named(policy, pods));
  }

  /// The set of addresses with the ports of this name.
  String of(PortName port) {
    String name = names.get(port);
    if (name == null) {
      throw new IllegalArgumentException(port + " is in no policy");
    }
    return name;
  }

  private String set(Group group) {
    String name = groups.get(group);
    if (name == null) {
      throw new IllegalArgumentException(group + " is in no policy");
    }
    return name;
  }

  /// Whether a policy names what has these labels.
  boolean names(Policy policy, Pods pods, String namespace, Map<String, String> labels) {
    return has(named(policy, pods), namespace, labels);
  }

  private boolean has(Group group, String namespace, Map<String, String> labels) {
    return group.namespace.map(namespace::equals).orElse(true)
        && group.namespaces.map(it -> it.test(labelsOf(namespace))).orElse(true)
        && group.pods.test(labels);
  }

  /// Every namespace has a label with its name.
  private Map<String, String> labelsOf(String namespace) {
    return labelsOfNamespaces.getOrDefault(
        namespace, Map.of("kubernetes.io/metadata.name", namespace));
  }

  /// What an instance is in. Those that close come first.
  List<Element> elements(Inet4Address at, Tenant tenant) {
    var address = new Address(at);
    List<Group> in =
        groups.keySet().stream()
            .filter(it -> has(it, tenant.namespace(), tenant.labels()))
            .toList();
    var elements = new ArrayList<Element>();
    if (in.stream().anyMatch(isolated::contains)) {
      elements.add(new Element(NftRules.ISOLATED, List.of(address)));
    }
    if (in.stream().anyMatch(restricted::contains)) {
      elements.add(new Element(NftRules.RESTRICTED, List.of(address)));
    }
    in.forEach(it -> elements.add(new Element(set(it), List.of(address))));
    tenant.ports().stream()
        .distinct()
        .forEach(it -> {
          String set = names.get(new PortName(it.protocol(), it.name()));
          if (set != null) {
            elements.add(
                new Element(
                    set, List.of(address, new Transport(it.protocol()), new Port(it.number()))));
          }
        });
    return elements;
  }

  /// Commands for `nft` that add the sets, still empty.
  String add(String table) {
    var commands = new StringBuilder();
    groups
        .values()
        .forEach(
            it -> commands.append("add set inet %s %s { type ipv4_addr; }\n".formatted(table, it)));
    names
        .values()
        .forEach(it ->
            commands.append(
                "add set inet %s %s { type ipv4_addr . inet_proto . inet_service; }\n"
                    .formatted(table, it)));
    return commands.toString();
  }

  /// Commands that remove them again, when no rule is about them any more.
  String remove(String table) {
    var commands = new StringBuilder();
    Stream.concat(groups.values().stream(), names.values().stream())
        .forEach(it -> commands.append("delete set inet %s %s\n".formatted(table, it)));
    return commands.toString();
  }
}

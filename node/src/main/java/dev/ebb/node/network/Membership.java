package dev.ebb.node.network;

import dev.ebb.node.network.NftElements.Address;
import dev.ebb.node.network.NftElements.Element;
import dev.ebb.node.network.NftElements.Mark;
import dev.ebb.node.network.NftElements.Port;
import dev.ebb.node.network.NftElements.Transport;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rules of a server as they are in the kernel: which address is in which sets, where services
/// lead, which policies hold. The caller locks.
final class Membership {
  /// Elements that fit one datagram of netlink together.
  private static final int ELEMENTS_AT_ONCE = 100;

  /// An instance as the rules see it.
  record Member(Inet4Address address, String namespace, Map<String, String> labels) {}

  private final String table;
  private final Netlink netfilter;
  private final NftCommand nft;

  /// Numbers are never given again: there are four billion, and a packet must not meet an old one.
  private final Map<String, Integer> numbers = new HashMap<>();

  private final Map<Inet4Address, Member> members = new HashMap<>();
  private PolicySets policies = new PolicySets(NetworkPolicies.none(), 0);
  private ServiceTable services = ServiceTable.empty();
  private final List<Element> openings = new ArrayList<>();
  private int generation;
  private boolean established;

  Membership(String table, Netlink netfilter, NftCommand nft) {
    this.table = table;
    this.netfilter = netfilter;
    this.nft = nft;
  }

  /// Replaces the whole table. What is said of services and policies before comes into effect now.
  ///
  /// @param rules without elements
  void establish(String rules, Collection<Member> all) {
    nft.run(
        rules + ServiceTable.change(table, ServiceTable.empty(), services) + policies.add(table));
    all.forEach(it -> members.put(it.address, it));
    var elements = new ArrayList<>(openings);
    all.forEach(it -> elements.addAll(elements(it)));
    add(elements);
    established = true;
  }

  void add(Member member) {
    add(elements(member));
    members.put(member.address, member);
  }

  void remove(Inet4Address address) {
    var member = members.remove(address);
    if (member != null) {
      netfilter.execute(new NftElements(table).delete(elements(member)).commit());
    }
  }

  /// @param to an address and port of the machine
  void expose(Inet4Address gateway, Protocol protocol, int port, int to) {
    List<NftElements.Part> key =
        List.of(new Address(gateway), new Transport(protocol), new Port(port));
    var opening = new Element(NftRules.OPENINGS, key, List.of(new Address(gateway), new Port(to)));
    openings.add(opening);
    if (established) {
      add(List.of(opening));
    }
  }

  void serve(ServiceTable changed) {
    var commands = ServiceTable.change(table, services, changed);
    if (established && !commands.isEmpty()) {
      nft.run(commands);
    }
    services = changed;
  }

  void apply(NetworkPolicies changed) {
    var next = new PolicySets(changed, ++generation);
    var commands =
        new StringBuilder(policies.remove(table))
            .append("flush set inet %s %s\n".formatted(table, NftRules.ISOLATED))
            .append(next.add(table));
    members
        .values()
        .forEach(it ->
            next.of(it.namespace, it.labels)
                .forEach(set ->
                    commands.append(
                        "add element inet %s %s { %s }\n"
                            .formatted(table, set, it.address.getHostAddress()))));
    if (established) {
      nft.run(commands.toString());
    }
    policies = next;
  }

  private void add(List<Element> elements) {
    for (int i = 0; i < elements.size(); i += ELEMENTS_AT_ONCE) {
      var some = elements.subList(i, Math.min(elements.size(), i + ELEMENTS_AT_ONCE));
      netfilter.execute(new NftElements(table).add(some).commit());
    }
  }

  private List<Element> elements(Member member) {
    var address = new Address(member.address);
    var number = new Mark(numbers.computeIfAbsent(member.namespace, it -> numbers.size() + 1));
    var elements = new ArrayList<Element>();
    elements.add(new Element(NftRules.NAMESPACES, List.of(address), List.of(number)));
    elements.add(new Element(NftRules.MEMBERS, List.of(number, address)));
    elements.add(new Element(NftRules.SELF, List.of(address, address)));
    policies
        .of(member.namespace, member.labels)
        .forEach(set -> elements.add(new Element(set, List.of(address))));
    return elements;
  }
}

package dev.ebb.node.network;

import dev.ebb.node.network.NftElements.Address;
import dev.ebb.node.network.NftElements.Element;
import dev.ebb.node.network.NftElements.Mark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells the rules which address is in which namespace. The caller locks.
final class Membership {
  private final String table;
  private final Netlink netfilter;

  /// Numbers are never given again: there are four billion, and a packet must not meet an old one.
  private final Map<String, Integer> numbers = new HashMap<>();

  Membership(String table, Netlink netfilter) {
    this.table = table;
    this.netfilter = netfilter;
  }

  void add(NetworkLease lease) {
    netfilter.execute(new NftElements(table).add(elements(lease)).commit());
  }

  void remove(NetworkLease lease) {
    netfilter.execute(new NftElements(table).delete(elements(lease)).commit());
  }

  private List<Element> elements(NetworkLease lease) {
    var address = new Address(lease.address());
    var number = new Mark(numbers.computeIfAbsent(lease.namespace(), it -> numbers.size() + 1));
    var group = new Mark(NftRules.OWN_NAMESPACE);
    return List.of(
        new Element(NftRules.NAMESPACES, List.of(address), List.of(number)),
        new Element(NftRules.MEMBERS, List.of(number, address)),
        new Element(NftRules.GROUPS, List.of(address), List.of(group)),
        new Element(NftRules.SELF, List.of(address, address)));
  }
}

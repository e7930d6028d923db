package dev.ebb.node.network;

import static dev.ebb.node.network.NftElements.key;

import dev.ebb.node.network.NftElements.Element;
import dev.ebb.node.network.NftElements.Mark;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tells the rules which address is in which namespace. The caller locks.
final class Membership {
  private static final byte[] NOTHING = {};

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
    var address = lease.address();
    var number = new Mark(numbers.computeIfAbsent(lease.namespace(), it -> numbers.size() + 1));
    return List.of(
        new Element(NftRules.NAMESPACES, key(address), key(number)),
        new Element(NftRules.MEMBERS, key(number, address), NOTHING),
        new Element(NftRules.GROUPS, key(address), key(new Mark(NftRules.OWN_NAMESPACE))),
        new Element(NftRules.SELF, key(address, address), NOTHING));
  }
}

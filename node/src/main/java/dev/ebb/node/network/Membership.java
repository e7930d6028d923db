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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The rules of a server as they are in the kernel: which address is in which sets, where services
/// lead, which policies hold. The caller locks.
final class Membership {
  /// Elements that fit one datagram of netlink together.
  private static final int ELEMENTS_AT_ONCE = 100;

  /// Sets in which an address is reached less, or reaches less.
  private static final Set<String> CLOSING = Set.of(NftRules.ISOLATED, NftRules.RESTRICTED);

  private final String table;
  private final Inet4Address gateway;
  private final Netlink netfilter;
  private final NftCommand nft;

  /// Numbers are never given again: there are four billion, and a packet must not meet an old one.
  private final Map<String, Integer> numbers = new HashMap<>();

  private final Map<Inet4Address, Tenant> members = new LinkedHashMap<>();
  private PolicySets policies;
  private ServiceTable services = ServiceTable.empty();
  private final List<Element> openings = new ArrayList<>();
  private int generation;
  private boolean established;

  Membership(String table, Inet4Address gateway, Netlink netfilter, NftCommand nft) {
    this.table = table;
    this.gateway = gateway;
    this.netfilter = netfilter;
    this.nft = nft;
    policies = new PolicySets(NetworkPolicies.none(), gateway, 0);
  }

  /// Replaces the whole table at once. What is said of services and policies before comes into
  /// effect with it.
  ///
  /// @param rules without elements
  void establish(String rules, Map<Inet4Address, Tenant> all) {
    members.putAll(all);
    var elements = new ArrayList<>(openings);
    all.forEach((address, tenant) -> elements.addAll(elements(address, tenant)));
    nft.run(
        rules
            + ServiceTable.change(table, ServiceTable.empty(), services)
            + policies.add(table)
            + NftElements.add(table, elements));
    established = true;
  }

  void add(Inet4Address address, Tenant tenant) {
    add(elements(address, tenant));
    members.put(address, tenant);
  }

  void remove(Inet4Address address) {
    var tenant = members.remove(address);
    if (tenant != null) {
      delete(elements(address, tenant));
    }
  }

  /// Its labels are others now. In one transaction, or in several of which none opens what another
  /// closes.
  void change(Inet4Address address, Tenant tenant) {
    var before = members.get(address);
    if (before == null || before.labels().equals(tenant.labels())) {
      return;
    }
    List<Element> had = policies.elements(address, before);
    List<Element> has = policies.elements(address, tenant);
    List<Element> gone = had.stream().filter(it -> !has.contains(it)).toList();
    List<Element> come = has.stream().filter(it -> !had.contains(it)).toList();
    if (gone.size() + come.size() <= ELEMENTS_AT_ONCE) {
      if (!gone.isEmpty() || !come.isEmpty()) {
        netfilter.execute(new NftElements(table).delete(gone).add(come).commit());
      }
    } else {
      add(some(come, true).toList());
      delete(some(gone, false).toList());
      add(some(come, false).toList());
      delete(some(gone, true).toList());
    }
    members.put(address, tenant);
  }

  private static Stream<Element> some(List<Element> elements, boolean closing) {
    return elements.stream().filter(it -> CLOSING.contains(it.set()) == closing);
  }

  /// @param to an address and port of the machine
  void expose(Protocol protocol, int port, int to) {
    List<NftElements.Part> key =
        List.of(new Address(gateway), new Transport(protocol), new Port(port));
    var opened = new ArrayList<Element>();
    opened.add(new Element(NftRules.OPENINGS, key, List.of(new Address(gateway), new Port(to))));
    if (port == to) {
      opened.add(new Element(NftRules.UNCHANGED, key));
    }
    openings.addAll(opened);
    if (established) {
      add(opened);
    }
  }

  void serve(ServiceTable changed) {
    var commands = ServiceTable.change(table, services, changed);
    if (established && !commands.isEmpty()) {
      nft.run(commands);
    }
    services = changed;
  }

  /// One transaction, whatever the number of policies and instances.
  void apply(NetworkPolicies changed) {
    var next = new PolicySets(changed, gateway, ++generation);
    if (established) {
      var elements = new ArrayList<Element>();
      members.forEach((address, tenant) -> elements.addAll(next.elements(address, tenant)));
      var commands = new StringBuilder(policies.remove(table));
      CLOSING.forEach(set -> commands.append("flush set inet %s %s\n".formatted(table, set)));
      nft.run(commands.append(next.add(table)).append(NftElements.add(table, elements)).toString());
    }
    policies = next;
  }

  /// How many there are.
  int policies() {
    return policies.count();
  }

  private void add(List<Element> elements) {
    chunks(elements).forEach(some -> netfilter.execute(new NftElements(table).add(some).commit()));
  }

  private void delete(List<Element> elements) {
    chunks(elements)
        .forEach(some -> netfilter.execute(new NftElements(table).delete(some).commit()));
  }

  private static Collection<List<Element>> chunks(List<Element> elements) {
    var chunks = new ArrayList<List<Element>>();
    for (int i = 0; i < elements.size(); i += ELEMENTS_AT_ONCE) {
      chunks.add(elements.subList(i, Math.min(elements.size(), i + ELEMENTS_AT_ONCE)));
    }
    return chunks;
  }

  private List<Element> elements(Inet4Address at, Tenant tenant) {
    var address = new Address(at);
    var number = new Mark(numbers.computeIfAbsent(tenant.namespace(), it -> numbers.size() + 1));
    // Policies first: where there are more than fit, it is closed before it is opened.
    var elements = new ArrayList<>(policies.elements(at, tenant));
    elements.add(new Element(NftRules.NAMESPACES, List.of(address), List.of(number)));
    elements.add(new Element(NftRules.MEMBERS, List.of(number, address)));
    elements.add(new Element(NftRules.SELF, List.of(address, address)));
    return elements;
  }
}

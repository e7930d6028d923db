package dev.ebb.node.network;

import static dev.ebb.node.network.NetlinkMessages.ACK;
import static dev.ebb.node.network.NetlinkMessages.CREATE;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/// Elements put into, or taken out of, sets and maps of an nf_tables table, in one transaction: all
/// or none. By netlink itself, for that costs tens of microseconds and starting `nft` several
/// milliseconds. Numbers are those of `linux/netfilter/nf_tables.h`.
final class NftElements {
  private static final int NFNL_MSG_BATCH_BEGIN = 16;
  private static final int NFNL_MSG_BATCH_END = 17;
  private static final int SUBSYSTEM_NFTABLES = 10;
  private static final int NEWSETELEM = SUBSYSTEM_NFTABLES << 8 | 12;
  private static final int DELSETELEM = SUBSYSTEM_NFTABLES << 8 | 14;
  private static final int NFPROTO_INET = 1;

  /// A key, and the value that a map has for it.
  ///
  /// @param value empty in a set
  record Element(String set, List<Part> key, List<Part> value) {
    Element(String set, List<Part> key) {
      this(set, key, List.of());
    }
  }

  /// A field of a key or value.
  sealed interface Part {}

  record Address(Inet4Address value) implements Part {}

  /// A packet's mark, which the kernel holds in the machine's byte order.
  record Mark(int value) implements Part {}

  record Port(int number) implements Part {}

  record Transport(Protocol protocol) implements Part {}

  private final NetlinkMessages messages = new NetlinkMessages();
  private final String table;

  NftElements(String table) {
    this.table = table;
    messages.begin("begin", NFNL_MSG_BATCH_BEGIN, 0);
    family(0, SUBSYSTEM_NFTABLES);
  }

  NftElements add(List<Element> elements) {
    elements.forEach(it -> element("add to ", NEWSETELEM, ACK | CREATE, it));
    return this;
  }

  NftElements delete(List<Element> elements) {
    elements.forEach(it -> element("delete from ", DELSETELEM, ACK, it));
    return this;
  }

  NetlinkMessages commit() {
    messages.begin("commit", NFNL_MSG_BATCH_END, 0);
    family(0, SUBSYSTEM_NFTABLES);
    return messages;
  }

  /// Commands for `nft` that add them, one for each set.
  static String add(String table, List<Element> elements) {
    var sets = new LinkedHashMap<String, StringJoiner>();
    for (Element element : elements) {
      sets.computeIfAbsent(
              element.set,
              set ->
                  new StringJoiner(", ", "add element inet " + table + " " + set + " { ", " }\n"))
          .add(text(element.key) + (element.value.isEmpty() ? "" : " : " + text(element.value)));
    }
    return String.join("", sets.values().stream().map(StringJoiner::toString).toList());
  }

  private static String text(List<Part> parts) {
    return parts.stream()
        .map(part ->
            switch (part) {
              case Address(Inet4Address address) -> address.getHostAddress();
              case Mark(int value) -> Integer.toUnsignedString(value);
              case Port(int number) -> Integer.toString(number);
              case Transport(Protocol protocol) -> protocol.text();
            })
        .collect(Collectors.joining(" . "));
  }

  private void element(String purpose, int type, int flags, Element element) {
    messages.begin(purpose + element.set, type, flags);
    family(NFPROTO_INET, 0);
    messages
        .attribute(/* NFTA_SET_ELEM_LIST_TABLE */ 1, table)
        .attribute(/* NFTA_SET_ELEM_LIST_SET */ 2, element.set)
        .nest(/* NFTA_SET_ELEM_LIST_ELEMENTS */ 3)
        .nest(/* NFTA_LIST_ELEM */ 1);
    data(/* NFTA_SET_ELEM_KEY */ 1, element.key);
    if (!element.value.isEmpty()) {
      data(/* NFTA_SET_ELEM_DATA */ 2, element.value);
    }
    messages.unnest().unnest();
  }

  private void data(int type, List<Part> parts) {
    messages.nest(type).attribute(/* NFTA_DATA_VALUE */ 1, bytes(parts)).unnest();
  }

  /// `struct nfgenmsg`: the family, a version, the subsystem in network order.
  private void family(int family, int subsystem) {
    messages.u8(family).u8(0).u8(0).u8(subsystem);
  }

  /// Each field takes four bytes.
  private static byte[] bytes(List<Part> parts) {
    var bytes = ByteBuffer.allocate(4 * parts.size());
    for (int i = 0; i < parts.size(); i++) {
      bytes.position(4 * i);
      switch (parts.get(i)) {
        case Address(Inet4Address address) -> bytes.put(address.getAddress());
        case Mark(int value) -> bytes.order(ByteOrder.nativeOrder()).putInt(value);
        case Port(int number) -> bytes.order(ByteOrder.BIG_ENDIAN).putShort((short) number);
        case Transport(Protocol protocol) -> bytes.put(protocol.number());
      }
    }
    return bytes.array();
  }
}

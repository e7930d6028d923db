package dev.ebb.node.network;

import static dev.ebb.node.network.NetlinkMessages.ACK;
import static dev.ebb.node.network.NetlinkMessages.CREATE;

import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

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
  record Element(String set, byte[] key, byte[] value) {}

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

  private void element(String purpose, int type, int flags, Element element) {
    messages.begin(purpose + element.set, type, flags);
    family(NFPROTO_INET, 0);
    messages
        .attribute(/* NFTA_SET_ELEM_LIST_TABLE */ 1, table)
        .attribute(/* NFTA_SET_ELEM_LIST_SET */ 2, element.set)
        .nest(/* NFTA_SET_ELEM_LIST_ELEMENTS */ 3)
        .nest(/* NFTA_LIST_ELEM */ 1);
    data(/* NFTA_SET_ELEM_KEY */ 1, element.key);
    if (element.value.length > 0) {
      data(/* NFTA_SET_ELEM_DATA */ 2, element.value);
    }
    messages.unnest().unnest();
  }

  private void data(int type, byte[] value) {
    messages.nest(type).attribute(/* NFTA_DATA_VALUE */ 1, value).unnest();
  }

  /// `struct nfgenmsg`: the family, a version, the subsystem in network order.
  private void family(int family, int subsystem) {
    messages.u8(family).u8(0).u8(0).u8(subsystem);
  }

  /// Parts of keys and values: each takes a multiple of four bytes.
  static byte[] key(Object... parts) {
    var key = ByteBuffer.allocate(4 * parts.length);
    for (Object part : parts) {
      switch (part) {
        case Inet4Address address -> key.put(address.getAddress());
        case Mark(int value) -> key.order(ByteOrder.nativeOrder()).putInt(value);
        case Protocol protocol -> key.put(protocol.number).put(new byte[3]);
        case Port(int port) ->
            key.order(ByteOrder.BIG_ENDIAN).putShort((short) port).putShort((short) 0);
        default -> throw new IllegalArgumentException(part.toString());
      }
    }
    return key.array();
  }

  /// A packet's mark, which the kernel holds in the machine's byte order.
  record Mark(int value) {}

  record Port(int number) {}

  /// IP protocols that have ports.
  enum Protocol {
    TCP(6),
    UDP(17);

    private final byte number;

    Protocol(int number) {
      this.number = (byte) number;
    }
  }
}

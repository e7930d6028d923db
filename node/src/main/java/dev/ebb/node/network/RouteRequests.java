package dev.ebb.node.network;

import static dev.ebb.node.network.NetlinkMessages.ACK;
import static dev.ebb.node.network.NetlinkMessages.CREATE;
import static dev.ebb.node.network.NetlinkMessages.DUMP;
import static dev.ebb.node.network.NetlinkMessages.EXCLUSIVE;
import static dev.ebb.node.network.NetlinkMessages.REPLACE;

import java.net.Inet4Address;
import java.util.function.Consumer;

/// Requests of rtnetlink(7), appended to messages. Numbers are those of `linux/if_link.h`,
/// `linux/rtnetlink.h`, `linux/neighbour.h` and `linux/ip.h`.
final class RouteRequests {
  /// Marks the routes of Ebb (`rtm_protocol`), as seen in `ip route`.
  static final int PROTOCOL = 0xEB;

  static final int UNICAST = 1;
  static final int UNREACHABLE = 7;

  private static final int RTM_NEWLINK = 16;
  private static final int RTM_DELLINK = 17;
  private static final int RTM_GETLINK = 18;
  private static final int RTM_NEWADDR = 20;
  private static final int RTM_GETADDR = 22;
  private static final int RTM_NEWROUTE = 24;
  private static final int RTM_DELROUTE = 25;
  private static final int RTM_GETROUTE = 26;
  private static final int RTM_NEWNEIGH = 28;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int IFF_UP = 1;

  static final int IFLA_IFNAME = 3;
  private static final int IFLA_ADDRESS = 1;
  private static final int IFLA_LINKINFO = 18;
  private static final int IFLA_AF_SPEC = 26;
  private static final int IFLA_GROUP = 27;
  private static final int IFLA_NET_NS_FD = 28;
  private static final int IFLA_NUM_TX_QUEUES = 31;
  private static final int IFLA_NUM_RX_QUEUES = 32;

  private RouteRequests() {}

  static void createBridge(NetlinkMessages to, String name) {
    link(to.begin("create " + name, RTM_NEWLINK, ACK | CREATE | EXCLUSIVE), 0, 0)
        .attribute(IFLA_IFNAME, name)
        .nest(IFLA_LINKINFO)
        .attribute(/* IFLA_INFO_KIND */ 1, "bridge")
        .unnest();
  }

  /// A veth(4) pair with one end here.
  ///
  /// @param index of the end here, free
  /// @param peerNamespace a descriptor of the namespace for the other end
  static void createPair(
      NetlinkMessages to,
      String name,
      int index,
      byte[] mac,
      String peer,
      byte[] peerMac,
      int peerNamespace) {
    Consumer<NetlinkMessages> common =
        it -> it.attribute(IFLA_NUM_TX_QUEUES, 1).attribute(IFLA_NUM_RX_QUEUES, 1);
    link(to.begin("create " + peer, RTM_NEWLINK, ACK | CREATE | EXCLUSIVE), index, 0);
    common.accept(to);
    to.attribute(IFLA_IFNAME, name)
        .attribute(IFLA_ADDRESS, mac)
        .nest(IFLA_LINKINFO)
        .attribute(/* IFLA_INFO_KIND */ 1, "veth")
        .nest(/* IFLA_INFO_DATA */ 2)
        .nest(/* VETH_INFO_PEER */ 1);
    link(to, 0, 0)
        .attribute(IFLA_IFNAME, peer)
        .attribute(IFLA_ADDRESS, peerMac)
        .attribute(IFLA_NET_NS_FD, peerNamespace);
    common.accept(to);
    to.unnest().unnest().unnest();
  }

  /// No IPv6 address comes by itself.
  static void withoutAddresses(NetlinkMessages to, int index) {
    harden(to, index, it -> {});
  }

  /// The instance's end: what is sent on to 127.0.0.1 by a rule arrives there (`route_localnet`).
  static void instanceEnd(NetlinkMessages to, int index) {
    harden(to, index, it -> it.attribute(/* IPV4_DEVCONF_ROUTE_LOCALNET */ 26, 1));
  }

  /// The machine's end: the kernel drops what has a source address that is not routed back to this
  /// link (`rp_filter`), forwards what has, and never tells an instance of a shorter way.
  static void machineEnd(NetlinkMessages to, int index) {
    harden(
        to,
        index,
        it ->
            it.attribute(/* IPV4_DEVCONF_FORWARDING */ 1, 1)
                .attribute(/* IPV4_DEVCONF_ACCEPT_REDIRECTS */ 4, 0)
                .attribute(/* IPV4_DEVCONF_SEND_REDIRECTS */ 6, 0)
                .attribute(/* IPV4_DEVCONF_RP_FILTER */ 8, 1));
  }

  private static void harden(NetlinkMessages to, int index, Consumer<NetlinkMessages> settings) {
    link(to.begin("set up link " + index, RTM_NEWLINK, ACK), index, 0)
        .nest(IFLA_AF_SPEC)
        .nest(AF_INET)
        .nest(/* IFLA_INET_CONF */ 1);
    settings.accept(to);
    to.unnest()
        .unnest()
        .nest(AF_INET6)
        .attribute(/* IFLA_INET6_ADDR_GEN_MODE: none */ 8, new byte[] {1})
        .unnest()
        .unnest();
  }

  static void up(NetlinkMessages to, int index) {
    link(to.begin("start link " + index, RTM_NEWLINK, ACK), index, IFF_UP);
  }

  static void up(NetlinkMessages to, String name) {
    link(to.begin("start " + name, RTM_NEWLINK, ACK), 0, IFF_UP).attribute(IFLA_IFNAME, name);
  }

  static void delete(NetlinkMessages to, String name) {
    link(to.begin("delete " + name, RTM_DELLINK, ACK), 0, 0).attribute(IFLA_IFNAME, name);
  }

  /// Puts a link into a group, for [#deleteGroup].
  static void group(NetlinkMessages to, String name, int group) {
    link(to.begin("group " + name, RTM_NEWLINK, ACK), 0, 0)
        .attribute(IFLA_IFNAME, name)
        .attribute(IFLA_GROUP, group);
  }

  /// Deletes all links of a group. The kernel waits once for all of them until no processor uses
  /// them any more; that takes tens of milliseconds, during which nobody can change a link.
  static void deleteGroup(NetlinkMessages to, int group) {
    link(to.begin("delete links", RTM_DELLINK, ACK), 0, 0).attribute(IFLA_GROUP, group);
  }

  /// Answered by one link.
  static void find(NetlinkMessages to, String name) {
    link(to.begin("find " + name, RTM_GETLINK, ACK), 0, 0).attribute(IFLA_IFNAME, name);
  }

  static void allLinks(NetlinkMessages to) {
    link(to.begin("list links", RTM_GETLINK, ACK | DUMP), 0, 0);
  }

  static void address(NetlinkMessages to, int index, Inet4Address address) {
    to.begin(
            "give link " + index + " " + address.getHostAddress(),
            RTM_NEWADDR,
            ACK | CREATE | REPLACE)
        .u8(AF_INET)
        .u8(32)
        .u8(0)
        .u8(0)
        .u32(index)
        .attribute(/* IFA_LOCAL */ 2, address.getAddress())
        .attribute(/* IFA_ADDRESS */ 1, address.getAddress());
  }

  static void allAddresses(NetlinkMessages to) {
    to.begin("list addresses", RTM_GETADDR, ACK | DUMP).u8(AF_INET).u8(0).u8(0).u8(0).u32(0);
  }

  /// An address that is always at a link, without ARP.
  static void neighbour(NetlinkMessages to, int index, Inet4Address address, byte[] mac) {
    to.begin(
            "tell link " + index + " where " + address.getHostAddress() + " is",
            RTM_NEWNEIGH,
            ACK | CREATE | REPLACE)
        .u8(AF_INET)
        .u8(0)
        .u16(0)
        .u32(index)
        .u16(/* NUD_PERMANENT */ 0x80)
        .u8(0)
        .u8(0)
        .attribute(/* NDA_DST */ 1, address.getAddress())
        .attribute(/* NDA_LLADDR */ 2, mac);
  }

  /// Everything goes through the link to a gateway.
  static void defaultRoute(NetlinkMessages to, int index, Inet4Address gateway) {
    route(to.begin("default route", RTM_NEWROUTE, ACK | CREATE), 0, 0, UNICAST, /* ONLINK */ 4)
        .attribute(/* RTA_OIF */ 4, index)
        .attribute(/* RTA_GATEWAY */ 5, gateway.getAddress());
  }

  /// What is behind no other route of this subnet is refused at once. Fails when there is such a
  /// route: that is how a server claims a subnet.
  static void claim(NetlinkMessages to, Subnet subnet) {
    route(
            to.begin("claim " + subnet, RTM_NEWROUTE, ACK | CREATE | EXCLUSIVE),
            subnet.prefix(),
            0,
            UNREACHABLE,
            0)
        .attribute(/* RTA_DST */ 1, subnet.at(0).getAddress());
  }

  static void unclaim(NetlinkMessages to, Subnet subnet) {
    route(to.begin("give up " + subnet, RTM_DELROUTE, ACK), subnet.prefix(), 0, UNREACHABLE, 0)
        .attribute(/* RTA_DST */ 1, subnet.at(0).getAddress());
  }

  /// A subnet is behind a link.
  ///
  /// @param from the machine's address in what it sends there
  static void subnetRoute(NetlinkMessages to, int index, Subnet subnet, Inet4Address from) {
    route(
            to.begin("route to " + subnet, RTM_NEWROUTE, ACK | CREATE | REPLACE),
            subnet.prefix(),
            /* RT_SCOPE_LINK */ 253,
            UNICAST,
            0)
        .attribute(/* RTA_DST */ 1, subnet.at(0).getAddress())
        .attribute(/* RTA_OIF */ 4, index)
        .attribute(/* RTA_PREFSRC */ 7, from.getAddress());
  }

  static void allRoutes(NetlinkMessages to) {
    route(to.begin("list routes", RTM_GETROUTE, ACK | DUMP), 0, 0, 0, 0);
  }

  private static NetlinkMessages link(NetlinkMessages to, int index, int up) {
    return to.u8(0).u8(0).u16(0).u32(index).u32(up).u32(up);
  }

  private static NetlinkMessages route(
      NetlinkMessages to, int prefix, int scope, int type, int flags) {
    return to.u8(AF_INET)
        .u8(prefix)
        .u8(0)
        .u8(0)
        .u8(/* RT_TABLE_MAIN */ 254)
        .u8(PROTOCOL)
        .u8(scope)
        .u8(type)
        .u32(flags);
  }
}

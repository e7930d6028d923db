package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What links, addresses and routes the machine has now.
final class MachineNetwork {
  private static final int RT_TABLE_LOCAL = 255;

  private final Netlink netlink;

  MachineNetwork(Netlink netlink) {
    this.netlink = netlink;
  }

  /// Names by index.
  Map<Integer, String> links() {
    var messages = new NetlinkMessages();
    RouteRequests.allLinks(messages);
    var links = new TreeMap<Integer, String>();
    for (var link : netlink.execute(messages)) {
      // struct ifinfomsg has 16 bytes, the index at 4.
      text(link, 16, RouteRequests.IFLA_IFNAME).ifPresent(name -> links.put(link.getInt(4), name));
    }
    return links;
  }

  /// @throws NetlinkException when there is no such link
  int index(String name) {
    var messages = new NetlinkMessages();
    RouteRequests.find(messages, name);
    return netlink.execute(messages).getFirst().getInt(4);
  }

  /// @param link index of the link
  record LinkAddress(int link, Inet4Address address) {}

  List<LinkAddress> addresses() {
    var messages = new NetlinkMessages();
    RouteRequests.allAddresses(messages);
    var addresses = new ArrayList<LinkAddress>();
    for (var each : netlink.execute(messages)) {
      // struct ifaddrmsg has 8 bytes, the index at 4; IFA_LOCAL is 2.
      address(each, 8, 2).ifPresent(it -> addresses.add(new LinkAddress(each.getInt(4), it)));
    }
    return addresses;
  }

  /// @param ours made by an Ebb server
  record Destination(Subnet subnet, boolean unreachable, boolean ours) {}

  /// Where routes lead, of all tables but that of local addresses; a default route leads nowhere
  /// particular and is left out.
  List<Destination> routes() {
    var messages = new NetlinkMessages();
    RouteRequests.allRoutes(messages);
    var routes = new ArrayList<Destination>();
    for (var route : netlink.execute(messages)) {
      // struct rtmsg has 12 bytes: family, length of the destination, of the source, tos, table,
      // protocol, scope, type, flags; RTA_DST is 1.
      int prefix = route.get(1);
      if (prefix > 0 && (route.get(4) & 0xff) != RT_TABLE_LOCAL) {
        boolean unreachable = route.get(7) == RouteRequests.UNREACHABLE;
        boolean ours = (route.get(5) & 0xff) == RouteRequests.PROTOCOL;
        address(route, 12, 1)
            .ifPresent(to ->
                routes.add(
                    new Destination(new Subnet(Subnet.number(to), prefix), unreachable, ours)));
      }
    }
    return routes;
  }

  private static Optional<String> text(ByteBuffer body, int header, int type) {
    return attribute(body, header, type)
        .map(value -> new String(value, 0, value.length - 1, US_ASCII));
  }

  private static Optional<Inet4Address> address(ByteBuffer body, int header, int type) {
    return attribute(body, header, type)
        .map(value -> {
          try {
            return (Inet4Address) InetAddress.getByAddress(value);
          } catch (UnknownHostException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static Optional<byte[]> attribute(ByteBuffer body, int header, int type) {
    int at = header;
    while (at + 4 <= body.limit()) {
      int length = body.getShort(at);
      if (body.getShort(at + 2) == type) {
        byte[] value = new byte[length - 4];
        body.get(at + 4, value);
        return Optional.of(value);
      }
      at += Netlink.align(length);
    }
    return Optional.empty();
  }
}

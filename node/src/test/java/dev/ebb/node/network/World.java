package dev.ebb.node.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/// Another machine: a network namespace behind a link of this machine, at an address for
/// documentation (RFC 5737). It knows the way to this machine, not to instances.
final class World implements AutoCloseable {
  private final Netlink netlink = Netlink.open(Netlink.ROUTE);
  private final Remains remains;
  private final AddressPlan plan = new AddressPlan(Subnet.parse("198.51.100.0/24"));
  private final int index = plan.take();
  private final TestServer server;

  World(Path directory) throws Exception {
    remains = new Remains(NetworkNames.of(directory.resolve("world")), directory, netlink);
    var messages = new NetlinkMessages();
    RouteRequests.createBridge(messages, remains.names().gateway());
    netlink.execute(messages);
    int link = new MachineNetwork(netlink).index(remains.names().gateway());
    messages = new NetlinkMessages();
    RouteRequests.address(messages, link, plan.gateway());
    RouteRequests.up(messages, link);
    netlink.execute(messages);
    Files.createDirectories(directory);
    Inside.onThread(() -> {
      try (var maker = new NamespaceMaker(remains, plan)) {
        maker.make(index);
        return true;
      }
    });
    var namespace = directory.resolve(remains.names().pair(index));
    server = Inside.server(namespace, InetAddress.ofLiteral("0.0.0.0"), "world");
  }

  Inet4Address address() {
    return plan.address(index);
  }

  int port() {
    return server.port();
  }

  /// Whom the server saw last.
  InetAddress caller() {
    return server.caller();
  }

  @Override
  public void close() throws java.io.IOException {
    server.close();
    remains.remove(remains.find());
    var messages = new NetlinkMessages();
    RouteRequests.delete(messages, remains.names().gateway());
    netlink.execute(messages);
    netlink.close();
  }
}

package dev.ebb.node.network;

import dev.ebb.node.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes network namespaces: each has `lo`, an `eth0` with one address whose other end is a link of
/// the machine, and a route through it. Its thread moves between namespaces, so all is done by one
/// platform thread, and none of it on the way of a request.
final class NamespaceMaker implements AutoCloseable {
  private static final int LOOPBACK_INDEX = 1;
  private static final int ETH0_INDEX = 2;

  private final Path directory;
  private final NetworkNames names;
  private final Remains remains;
  private final AddressPlan addresses;
  private final Netlink machine;
  private final int machineNamespace;

  NamespaceMaker(Remains remains, AddressPlan addresses) {
    this.remains = remains;
    this.addresses = addresses;
    directory = remains.directory();
    names = remains.names();
    machine = remains.machine();
    machineNamespace = KernelCalls.openNamespace(Path.of("/proc/thread-self/ns/net"));
  }

  /// @param index of the address, taken from the plan by the caller
  /// @throws NetlinkException when the kernel refuses; nothing is left then
  void make(int index) {
    var name = names.pair(index);
    var address = addresses.address(index);
    var file = directory.resolve(name);
    try {
      create(file);
      KernelCalls.unshareNetwork();
      try {
        inside(name, address);
        KernelCalls.set("ipv4/ip_unprivileged_port_start", "0");
        KernelCalls.pinNetwork(file);
      } finally {
        KernelCalls.enterNetwork(machineNamespace);
      }
      outside(name, address);
    } catch (RuntimeException e) {
      remains.remove(List.of(index));
      throw e;
    }
  }

  private void inside(String name, Inet4Address address) {
    try (var own = Netlink.open(Netlink.ROUTE)) {
      var messages = new NetlinkMessages();
      RouteRequests.up(messages, LOOPBACK_INDEX);
      RouteRequests.createPair(
          messages,
          "eth0",
          ETH0_INDEX,
          AddressPlan.mac(address),
          name,
          AddressPlan.GATEWAY_MAC,
          machineNamespace);
      RouteRequests.instanceEnd(messages, ETH0_INDEX);
      RouteRequests.address(messages, ETH0_INDEX, address);
      RouteRequests.up(messages, ETH0_INDEX);
      RouteRequests.neighbour(messages, ETH0_INDEX, addresses.gateway(), AddressPlan.GATEWAY_MAC);
      RouteRequests.defaultRoute(messages, ETH0_INDEX, addresses.gateway());
      own.execute(messages);
    }
  }

  private void outside(String name, Inet4Address address) {
    int index = new MachineNetwork(machine).index(name);
    var messages = new NetlinkMessages();
    RouteRequests.machineEnd(messages, index);
    RouteRequests.up(messages, index);
    RouteRequests.neighbour(messages, index, address, AddressPlan.mac(address));
    RouteRequests.subnetRoute(
        messages, index, new Subnet(Subnet.number(address), 32), addresses.gateway());
    machine.execute(messages);
  }

  private static void create(Path file) {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Left by a server that was killed; what is mounted there is hidden by the new mount.
      KernelCalls.unmount(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Linux.close(machineNamespace);
  }
}

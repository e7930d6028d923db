package dev.ebb.node.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What all instances of a server share on the machine: the gateway's link with its address, and
/// the claimed subnet. A claim is an `unreachable` route, which belongs to no link; so a file of
/// the run directory, which ends with the machine as routes do, tells whose it is when the link is
/// gone.
final class NetworkGround {
  private final Remains remains;
  private final NetworkNames names;
  private final Netlink machine;
  private final MachineNetwork network;
  private final Path remembered;
  private final Path held;

  NetworkGround(Remains remains, Path dataDirectory) {
    this.remains = remains;
    names = remains.names();
    machine = remains.machine();
    network = new MachineNetwork(machine);
    remembered = dataDirectory.resolve("instance-subnet");
    held = remains.directory().resolveSibling("instance-subnet");
  }

  /// Takes over what an earlier server left, or makes it.
  ///
  /// @param wanted by the configuration
  Subnet prepare(Optional<Subnet> wanted) throws IOException {
    var mine = standing();
    if (mine.isPresent() && wanted.orElse(mine.get()).equals(mine.get())) {
      if (gatewayAddress().isEmpty()) {
        raise(mine.get());
      }
      return mine.get();
    }
    mine.ifPresent(it -> remove());
    var subnet = claim(wanted);
    try {
      raise(subnet);
      Files.writeString(remembered, subnet.toString());
      return subnet;
    } catch (RuntimeException | IOException e) {
      remove();
      throw e;
    }
  }

  /// The link with its address, and all routes that name it: when somebody has deleted the link,
  /// the kernel has removed them, those to instances too.
  private void raise(Subnet subnet) {
    var messages = new NetlinkMessages();
    RouteRequests.delete(messages, names.gateway());
    remains.ignoringAbsence(messages);
    messages = new NetlinkMessages();
    RouteRequests.createBridge(messages, names.gateway());
    machine.execute(messages);
    int index = network.index(names.gateway());
    messages = new NetlinkMessages();
    RouteRequests.withoutAddresses(messages, index);
    var addresses = new AddressPlan(subnet);
    RouteRequests.address(messages, index, addresses.gateway());
    RouteRequests.up(messages, index);
    RouteRequests.subnetRoute(messages, index, addresses.services(), addresses.gateway());
    for (var link : network.links().entrySet()) {
      var instance = names.index(link.getValue());
      if (instance.isPresent()) {
        var address = addresses.address(instance.getAsInt());
        RouteRequests.subnetRoute(
            messages, link.getKey(), new Subnet(Subnet.number(address), 32), addresses.gateway());
      }
    }
    machine.execute(messages);
  }

  /// What a server of this data directory has or left.
  private Optional<Subnet> standing() {
    return gatewayAddress()
        .flatMap(
            address -> claims().stream().filter(subnet -> subnet.contains(address)).findFirst())
        .or(() ->
            read(held)
                .filter(claims()::contains)
                .filter(subnet ->
                    network.addresses().stream()
                        .noneMatch(other -> subnet.contains(other.address()))));
  }

  private List<Subnet> claims() {
    return network.routes().stream()
        .filter(it -> it.ours() && it.unreachable())
        .map(MachineNetwork.Destination::subnet)
        .toList();
  }

  private Optional<Inet4Address> gatewayAddress() {
    var links = network.links();
    return network.addresses().stream()
        .filter(it -> names.gateway().equals(links.get(it.link())))
        .map(MachineNetwork.LinkAddress::address)
        .findFirst();
  }

  /// @throws NetworkUnavailableException when none is free, or the wanted one is not
  private Subnet claim(Optional<Subnet> wanted) {
    wanted.ifPresent(subnet ->
        used().stream()
            .filter(subnet::overlaps)
            .findFirst()
            .ifPresent(other -> {
              throw new NetworkUnavailableException(
                  "--instance-subnet %s overlaps %s, which this machine uses"
                      .formatted(subnet, other));
            }));
    var candidates =
        wanted
            .map(Stream::of)
            .orElseGet(() -> SubnetChoice.candidates(names.id(), read(remembered), used()));
    return candidates
        .filter(this::claimed)
        .findFirst()
        .orElseThrow(() ->
            new NetworkUnavailableException(
                wanted.map(it -> it + " is another server's").orElse("no subnet is free")
                    + "; choose one with --instance-subnet"));
  }

  /// The kernel decides when two servers want the same.
  private boolean claimed(Subnet subnet) {
    hold(subnet);
    var messages = new NetlinkMessages();
    RouteRequests.claim(messages, subnet);
    try {
      machine.execute(messages);
      return true;
    } catch (NetlinkException e) {
      if (e.errno() == NetlinkException.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  /// Before it is claimed, lest a claim be nobody's when this process is killed just then.
  private void hold(Subnet subnet) {
    try {
      Files.createDirectories(held.getParent());
      Files.writeString(held, subnet.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Subnet> read(Path file) {
    try {
      return Optional.of(Subnet.parse(Files.readString(file, UTF_8).strip()));
    } catch (IOException | IllegalArgumentException e) {
      // There was none, or nothing that helps.
      return Optional.empty();
    }
  }

  private List<Subnet> used() {
    var used = new ArrayList<Subnet>();
    network.routes().forEach(it -> used.add(it.subnet()));
    network.addresses().forEach(it -> used.add(new Subnet(Subnet.number(it.address()), 32)));
    for (InetAddress server : nameServers()) {
      if (server instanceof Inet4Address address) {
        used.add(new Subnet(Subnet.number(address), 32));
      }
    }
    return used;
  }

  private static List<InetAddress> nameServers() {
    try (var lines = Files.lines(Path.of("/etc/resolv.conf"))) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(words -> words.length == 2 && words[0].equals("nameserver"))
          .map(words -> InetAddress.ofLiteral(words[1]))
          .toList();
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      return List.of();
    }
  }

  /// Removes all that [#prepare] made, and every network of an instance.
  void remove() {
    var mine = standing();
    remains.remove(remains.find());
    var messages = new NetlinkMessages();
    RouteRequests.delete(messages, names.gateway());
    remains.ignoringAbsence(messages);
    mine.ifPresent(subnet -> {
      var unclaim = new NetlinkMessages();
      RouteRequests.unclaim(unclaim, subnet);
      remains.ignoringAbsence(unclaim);
    });
    try {
      Files.deleteIfExists(held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

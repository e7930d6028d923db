package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.node.ListeningTable;
import dev.ebb.node.dns.DnsRecord;
import dev.ebb.node.dns.DnsZone;
import dev.ebb.node.network.ServiceTable.Endpoint;
import dev.ebb.node.network.ServiceTable.Endpoints;
import dev.ebb.node.network.ServiceTable.ServicePort;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkPoolTest {
  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String REFUSED = "refused";

  @TempDir Path directory;

  private NetworkPool pool;

  @BeforeEach
  void open() {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
    pool = open(config("server"));
  }

  @AfterEach
  void close() {
    if (pool != null) {
      pool.close();
    }
  }

  /// A pool of a server that has no policies.
  static NetworkPool open(NetworkConfig config) {
    var pool = NetworkPool.open(config);
    pool.apply(NetworkPolicies.none());
    return pool;
  }

  private NetworkConfig config(String name) {
    return NetworkConfig.defaults(directory, directory.resolve(name)).withSize(3);
  }

  @Test
  void anInstanceIsReachedFromItsNamespaceAndTheServerOnly() throws Exception {
    var first = pool.lease(Tenant.of("first", "a"));
    var second = pool.lease(Tenant.of("second", "a"));
    var other = pool.lease(Tenant.of("other", "b"));
    try (var server = Inside.server(first.path(), ANY, "first")) {
      int port = server.port();
      assertThat(Inside.call(first.address(), port)).isEqualTo("first");
      assertThat(Inside.call(second.path(), first.address(), port)).isEqualTo("first");
      assertThat(Inside.call(first.path(), first.address(), port)).isEqualTo("first");
      assertThat(Inside.call(other.path(), first.address(), port)).isEqualTo(REFUSED);
      assertThat(Inside.run(first.path(), () -> Inside.call(LOOPBACK, port))).isEqualTo("first");
    }
  }

  @Test
  void theMachineIsReachedOnlyWhereItIsOpen() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    try (var server = new TestServer(ANY, "machine")) {
      int port = server.port();
      assertThat(Inside.call(LOOPBACK, port)).isEqualTo("machine");
      assertThat(Inside.call(instance.path(), pool.gateway(), port)).isEqualTo(REFUSED);
      for (var address : machineAddresses()) {
        assertThat(Inside.call(instance.path(), address, port))
            .as("%s", address)
            .isEqualTo(REFUSED);
      }
      pool.expose(80, port);
      assertThat(Inside.call(instance.path(), pool.gateway(), 80)).isEqualTo("machine");
      assertThat(Inside.call(instance.path(), pool.gateway(), port)).isEqualTo(REFUSED);
    }
  }

  /// As with `ebb up --port 80`.
  @Test
  void anOpeningMayLeadToAPortOfItsOwnNumber() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    try (var open = new TestServer(ANY, "open");
        var shut = new TestServer(ANY, "shut")) {
      pool.expose(open.port(), open.port());
      assertThat(Inside.call(instance.path(), pool.gateway(), open.port())).isEqualTo("open");
      assertThat(Inside.call(instance.path(), pool.gateway(), shut.port())).isEqualTo(REFUSED);
    }
  }

  private static List<Inet4Address> machineAddresses() {
    try (var netlink = Netlink.open(Netlink.ROUTE)) {
      return new MachineNetwork(netlink)
          .addresses().stream()
              .map(MachineNetwork.LinkAddress::address)
              .filter(it -> !it.isLoopbackAddress())
              .toList();
    }
  }

  @Test
  void otherMachinesAreReachedByTheMachinesAddressUnlessEgressIsOff() throws Exception {
    var closed =
        new NetworkConfig(
            directory.resolve("closed"), directory.resolve("run2"), 1, Optional.empty(), false);
    Files.createDirectories(closed.dataDirectory());
    try (var world = new World(directory.resolve("world"));
        var without = open(closed)) {
      var instance = pool.lease(Tenant.of("i", "a"));
      assertThat(Inside.call(instance.path(), world.address(), world.port())).isEqualTo("world");
      assertThat(machineAddresses()).contains((Inet4Address) world.caller());
      var shut = without.lease(Tenant.of("i", "a"));
      assertThat(Inside.call(shut.path(), world.address(), world.port())).isEqualTo(REFUSED);
    }
  }

  @Test
  void metadataOfCloudsIsRefused() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    for (String address : List.of("169.254.169.254", "100.100.100.200", "168.63.129.16")) {
      assertThat(Inside.call(instance.path(), InetAddress.ofLiteral(address), 80))
          .as(address)
          .isEqualTo(REFUSED);
    }
  }

  @Test
  void anInstanceMayListenOnEveryPort() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    var unprivileged =
        Inside.run(
            instance.path(),
            () -> Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start")));
    assertThat(unprivileged.strip()).isEqualTo("0");
  }

  @Test
  void aForeignSourceAddressIsDropped() throws Exception {
    var honest = pool.lease(Tenant.of("honest", "a"));
    var spoofed = pool.lease(Tenant.of("spoofed", "a"));
    var liar = pool.lease(Tenant.of("liar", "b"));
    try (var server = Inside.server(honest.path(), ANY, "honest")) {
      Inside.run(
          liar.path(),
          () -> {
            try (var own = Netlink.open(Netlink.ROUTE)) {
              var messages = new NetlinkMessages();
              RouteRequests.address(messages, 2, spoofed.address());
              own.execute(messages);
            }
            return true;
          });
      assertThat(
              Inside.run(
                  liar.path(),
                  () -> {
                    try (var socket = new Socket()) {
                      socket.bind(new InetSocketAddress(spoofed.address(), 0));
                      // Dropped without a word: this is one of few tests that wait for nothing.
                      socket.connect(new InetSocketAddress(honest.address(), server.port()), 300);
                      return "connected";
                    } catch (java.net.SocketTimeoutException e) {
                      return "dropped";
                    }
                  }))
          .isEqualTo("dropped");
      assertThat(Inside.call(spoofed.path(), honest.address(), server.port())).isEqualTo("honest");
    }
  }

  @Test
  void whatListensInANetworkIsTold() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    assertThat(pool.listening(instance).orElseThrow().listeners()).isEmpty();
    try (var hidden = Inside.server(instance.path(), LOOPBACK, "hidden");
        var open = Inside.server(instance.path(), instance.address(), "open")) {
      assertThat(pool.listening(instance).orElseThrow().listeners())
          .containsExactlyInAnyOrder(
              new ListeningTable.Listener(hidden.port(), true),
              new ListeningTable.Listener(open.port(), false));
    }
    assertThat(pool.listening(instance).orElseThrow().listeners()).isEmpty();
    pool.release("i");
    pool.awaitIdle();
    assertThat(pool.listening(instance)).isEmpty();
  }

  @Test
  void aProgramThatListensOnLoopbackOnlyCanBeReached() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    var neighbour = pool.lease(Tenant.of("n", "a"));
    try (var hidden = Inside.server(instance.path(), LOOPBACK, "hidden");
        var open = Inside.server(instance.path(), instance.address(), "open")) {
      assertThat(Inside.call(instance.address(), hidden.port())).isEqualTo(REFUSED);
      pool.forwardToLoopback(instance, hidden.port());
      pool.forwardToLoopback(instance, hidden.port());
      assertThat(Inside.call(instance.address(), hidden.port())).isEqualTo("hidden");
      assertThat(Inside.call(neighbour.path(), instance.address(), hidden.port()))
          .isEqualTo("hidden");
      assertThat(Inside.call(instance.address(), open.port())).isEqualTo("open");
    }
  }

  @Test
  void servicesLeadToTheirEndpoints() throws Exception {
    var one = pool.lease(Tenant.of("one", "a"));
    var two = pool.lease(Tenant.of("two", "a"));
    var client = pool.lease(Tenant.of("client", "a"));
    var stranger = pool.lease(Tenant.of("stranger", "b"));
    var virtual = pool.serviceAddresses().at(7);
    try (var first = Inside.server(one.path(), ANY, "one");
        var second = Inside.server(two.path(), ANY, "two")) {
      var both =
          List.of(
              new Endpoint(one.address(), first.port()),
              new Endpoint(two.address(), second.port()));
      pool.serve(
          new ServiceTable(
              Map.of(
                  new ServicePort(virtual, Protocol.TCP, 80),
                  new Endpoints(both, false),
                  new ServicePort(virtual, Protocol.TCP, 81),
                  new Endpoints(both, true),
                  new ServicePort(virtual, Protocol.TCP, 82),
                  new Endpoints(both.subList(0, 1), false),
                  new ServicePort(virtual, Protocol.TCP, 83),
                  new Endpoints(List.of(), false))));
      var answers = new TreeSet<String>();
      var sticky = new TreeSet<String>();
      for (int i = 0; i < 40; i++) {
        answers.add(Inside.call(client.path(), virtual, 80));
        sticky.add(Inside.call(client.path(), virtual, 81));
      }
      assertThat(answers).containsExactly("one", "two");
      assertThat(sticky).hasSize(1);
      assertThat(Inside.call(client.path(), virtual, 82)).isEqualTo("one");
      assertThat(Inside.call(one.path(), virtual, 82)).as("itself").isEqualTo("one");
      assertThat(Inside.call(virtual, 82)).as("the machine").isEqualTo("one");
      assertThat(Inside.call(client.path(), virtual, 83)).isEqualTo(REFUSED);
      assertThat(Inside.call(stranger.path(), virtual, 82)).isEqualTo(REFUSED);
      pool.serve(
          new ServiceTable(
              Map.of(
                  new ServicePort(virtual, Protocol.TCP, 82),
                  new Endpoints(both.subList(1, 2), false))));
      assertThat(Inside.call(client.path(), virtual, 82)).isEqualTo("two");
      assertThat(Inside.call(client.path(), virtual, 80)).isEqualTo(REFUSED);
    }
  }

  @Test
  void namesAreAnsweredAtTheGateway() throws Exception {
    var instance = pool.lease(Tenant.of("i", "a"));
    pool.serve(
        new DnsZone(
            Map.of(DnsZone.service("hello", "a"), List.of(new DnsRecord.Address(pool.gateway())))));
    assertThat(instance.resolvConf())
        .isEqualTo(
            "nameserver %s\nsearch a.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n"
                .formatted(pool.gateway().getHostAddress()));
    assertThat(
            Inside.run(
                instance.path(),
                () -> TestResolver.resolve(pool.gateway(), "hello.a.svc.cluster.local")))
        .isEqualTo(pool.gateway());
  }

  @Test
  void aDrainedPoolGivesMore() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(Inside.run(pool.lease(Tenant.of("i" + i, "a")).path(), () -> true)).isTrue();
    }
    assertThatThrownBy(() -> pool.lease(Tenant.of("i0", "a")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void twoPoolsSideBySideHaveNothingInCommon() throws Exception {
    var config =
        new NetworkConfig(
            directory.resolve("second"), directory.resolve("run2"), 1, Optional.empty(), false);
    Files.createDirectories(config.dataDirectory());
    try (var second = open(config)) {
      var here = pool.lease(Tenant.of("here", "a"));
      var there = second.lease(Tenant.of("there", "a"));
      assertThat(pool.serviceAddresses().overlaps(second.serviceAddresses())).isFalse();
      try (var server = Inside.server(here.path(), ANY, "here")) {
        assertThat(Inside.call(there.path(), here.address(), server.port())).isEqualTo(REFUSED);
        assertThat(Inside.call(here.address(), server.port())).isEqualTo("here");
      }
    }
  }
}

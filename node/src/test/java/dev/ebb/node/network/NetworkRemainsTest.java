package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is on the machine after a pool has ended, in good order or killed.
class NetworkRemainsTest {
  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

  @TempDir Path directory;

  @BeforeEach
  void rootOnly() {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
  }

  private NetworkConfig config() {
    return NetworkConfig.defaults(directory, directory.resolve("run")).withSize(2);
  }

  /// Everything on the machine that bears this server's name: links, routes into its subnet, its
  /// table, pinned namespaces.
  private Set<String> remains() throws Exception {
    var names = NetworkNames.of(directory);
    var found = new TreeSet<String>();
    try (var netlink = Netlink.open(Netlink.ROUTE)) {
      var network = new MachineNetwork(netlink);
      network.links().values().stream().filter(it -> it.contains(names.id())).forEach(found::add);
      var remembered = directory.resolve("instance-subnet");
      if (Files.exists(remembered)) {
        var subnet = Subnet.parse(Files.readString(remembered));
        network.routes().stream()
            .filter(it -> it.subnet().overlaps(subnet))
            .forEach(it -> found.add("route " + it.subnet()));
      }
    }
    NftCommand.find()
        .ask("list", "tables")
        .lines()
        .filter(it -> it.endsWith(names.table()))
        .forEach(found::add);
    Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
        .filter(it -> it.contains(directory.toString()))
        .forEach(found::add);
    var namespaces = directory.resolve("run/netns");
    if (Files.exists(namespaces)) {
      try (var files = Files.list(namespaces)) {
        files.forEach(it -> found.add(it.toString()));
      }
    }
    return found;
  }

  /// What is open, but for files, which the virtual machine opens when it likes. Pipes and sockets
  /// have numbers of their own: what an earlier test still closes is not counted for what is new.
  private static List<String> descriptors() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.map(NetworkRemainsTest::target).filter(it -> it.contains(":")).sorted().toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      // Closed meanwhile.
      return "";
    }
  }

  @Test
  void nothingIsLeftAfterManyLeases() throws Exception {
    try (var first = NetworkPoolTest.open(config())) {
      first.lease(Tenant.of("i", "n"));
      first.release("i");
      first.awaitIdle();
    }
    List<String> before = descriptors();
    try (var pool = NetworkPoolTest.open(config())) {
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 20; i++) {
          pool.lease(Tenant.of("i" + round + "-" + i, "n" + i % 3));
        }
        for (int i = 0; i < 20; i++) {
          pool.release("i" + round + "-" + i);
        }
        pool.release("unknown");
      }
      pool.awaitIdle();
      assertThat(pool.idle()).isEqualTo(2);
      // Two links that are ready, the gateway's, three routes each has or shares, one table.
      assertThat(remains()).filteredOn(it -> it.startsWith("eb")).hasSize(3);
      var elements = NftCommand.find().ask("list", "set", "inet", table(), NftRules.MEMBERS);
      assertThat(elements).doesNotContain("elements");
    }
    assertThat(remains()).isEmpty();
    // Whatever else this process does may open some for a moment; what is left stays.
    await()
        .untilAsserted(() -> {
          List<String> opened = new ArrayList<>(descriptors());
          before.forEach(opened::remove);
          assertThat(opened).isEmpty();
        });
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(it -> it.getName().contains(NetworkNames.of(directory).id()));
  }

  private String table() {
    return NetworkNames.of(directory).table();
  }

  @Test
  void afterAKillTheLivingStayAndTheRestGoes() throws Exception {
    var killed = NetworkPoolTest.open(config());
    var living = killed.lease(Tenant.of("living", "a"));
    killed.lease(Tenant.of("dead", "a"));
    killed.close(true);
    stray();
    try (var server = Inside.server(living.path(), ANY, "living");
        var next = NetworkPoolTest.open(config())) {
      assertThat(Inside.call(living.address(), server.port())).isEqualTo("living");
      assertThat(next.reattach(Tenant.of("living", "a"), living.name())).contains(living);
      assertThat(next.reattach(Tenant.of("other", "a"), "eb-unknown")).isEmpty();
      next.settle();
      next.awaitIdle();
      var stay = new TreeSet<>(List.of(living.name()));
      try (var files = Files.list(directory.resolve("run/netns"))) {
        files.map(it -> it.getFileName().toString()).forEach(stay::add);
      }
      assertThat(stay).as("the living and two ready ones").hasSize(3);
      var neighbour = next.lease(Tenant.of("neighbour", "a"));
      var stranger = next.lease(Tenant.of("stranger", "b"));
      assertThat(Inside.call(living.address(), server.port())).isEqualTo("living");
      assertThat(Inside.call(neighbour.path(), living.address(), server.port()))
          .isEqualTo("living");
      assertThat(Inside.call(stranger.path(), living.address(), server.port()))
          .isEqualTo("refused");
      next.release("living");
    }
    assertThat(remains()).isEmpty();
  }

  @Test
  void removeAllLeavesNothing() throws Exception {
    var killed = NetworkPoolTest.open(config());
    killed.lease(Tenant.of("living", "a"));
    killed.close(true);
    stray();
    assertThat(remains()).isNotEmpty();
    NetworkPool.removeAll(directory, directory.resolve("run"));
    assertThat(remains()).isEmpty();
    NetworkPool.removeAll(directory, directory.resolve("run"));
  }

  /// What a server leaves that is killed while its pool has ready ones, and in the midst of making
  /// another: a namespace, a link without a namespace, a name without either.
  private void stray() throws Exception {
    var names = NetworkNames.of(directory);
    var subnet = Subnet.parse(Files.readString(directory.resolve("instance-subnet")));
    try (var netlink = Netlink.open(Netlink.ROUTE)) {
      var remains = new Remains(names, directory.resolve("run/netns"), netlink);
      var plan = new AddressPlan(subnet);
      remains.find().forEach(plan::take);
      Inside.onThread(() -> {
        try (var maker = new NamespaceMaker(remains, plan)) {
          maker.make(plan.take());
          int half = plan.take();
          maker.make(half);
          KernelCalls.unmount(remains.directory().resolve(names.pair(half)));
          Files.createFile(remains.directory().resolve(names.pair(plan.take())));
          return true;
        }
      });
    }
  }
}

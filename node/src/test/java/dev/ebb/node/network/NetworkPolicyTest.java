package dev.ebb.node.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ebb.node.network.NetworkPolicies.Block;
import dev.ebb.node.network.NetworkPolicies.Peer;
import dev.ebb.node.network.NetworkPolicies.Pods;
import dev.ebb.node.network.NetworkPolicies.Policy;
import dev.ebb.node.network.NetworkPolicies.PortName;
import dev.ebb.node.network.NetworkPolicies.Ports;
import dev.ebb.node.network.NetworkPolicies.Rule;
import dev.ebb.node.network.NetworkPolicies.Target;
import dev.ebb.node.network.Tenant.NamedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// NetworkPolicies, as instances see them: `web` and `neighbour` in one namespace, `friend` in
/// another.
class NetworkPolicyTest {
  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
  private static final String REFUSED = "refused";

  @TempDir Path directory;

  private NetworkPool pool;
  private NetworkLease web;
  private NetworkLease neighbour;
  private NetworkLease friend;
  private TestServer server;
  private TestServer other;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "networks of instances need root");
    pool = NetworkPoolTest.open(config().withSize(3));
    neighbour = pool.lease(tenant("neighbour", "a", "other"));
    friend = pool.lease(tenant("friend", "b", "friend"));
    web = pool.lease(tenant("web", "a", "web"));
    server = Inside.server(web.path(), ANY, "web");
    other = Inside.server(web.path(), ANY, "other");
  }

  @AfterEach
  void close() throws IOException {
    if (pool != null) {
      server.close();
      other.close();
      pool.close();
    }
  }

  private NetworkConfig config() {
    return NetworkConfig.defaults(directory, directory.resolve("run"));
  }

  private static Tenant tenant(String name, String namespace, String app) {
    return new Tenant(name, namespace, name, Map.of("app", app), List.of());
  }

  /// Equal to each other, as those of users' objects are.
  private record Label(String key, String value) implements Predicate<Map<String, String>> {
    @Override
    public boolean test(Map<String, String> labels) {
      return value.equals(labels.get(key));
    }
  }

  private record All() implements Predicate<Map<String, String>> {
    @Override
    public boolean test(Map<String, String> labels) {
      return true;
    }
  }

  private static Label app(String name) {
    return new Label("app", name);
  }

  private static Pods pods(Predicate<Map<String, String>> pods) {
    return new Pods(Optional.empty(), pods);
  }

  private static Pods in(Predicate<Map<String, String>> namespaces, String app) {
    return new Pods(Optional.of(namespaces), app(app));
  }

  private static Rule rule(List<Peer> peers, Target... ports) {
    return new Rule(peers, List.of(ports));
  }

  private static Target port(TestServer server) {
    return new Ports(Protocol.TCP, server.port(), server.port());
  }

  private void apply(Policy... policies) {
    pool.apply(new NetworkPolicies(List.of(policies), Map.of("b", Map.of("trusted", "yes"))));
  }

  private String call(NetworkLease from, TestServer to) throws Exception {
    return Inside.call(from.path(), web.address(), to.port());
  }

  @Test
  void ingressOpensAcrossNamespacesAndClosesWithin() throws Exception {
    var friends = rule(List.of(in(new Label("trusted", "yes"), "friend")), port(server));
    apply(Policy.ingress("a", app("web"), friends));
    assertThat(call(friend, server)).isEqualTo("web");
    assertThat(call(friend, other)).isEqualTo(REFUSED);
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    assertThat(Inside.call(web.address(), server.port())).as("the server").isEqualTo("web");
    assertThat(call(web, server)).as("itself").isEqualTo("web");
    var late = pool.lease(tenant("late", "b", "friend"));
    assertThat(call(late, server)).isEqualTo("web");
    pool.release("late");

    apply(
        Policy.ingress("a", app("web"), friends, rule(List.of(pods(app("other"))))),
        Policy.ingress("a", app("none")));
    assertThat(call(neighbour, other)).as("policies add up").isEqualTo("other");

    apply(Policy.ingress("a", app("web")), Policy.ingress("b", app("web"), rule(List.of())));
    assertThat(call(neighbour, server)).as("a policy is for its own namespace").isEqualTo(REFUSED);

    apply(Policy.ingress("a", app("web"), rule(List.of(), port(server))));
    assertThat(call(friend, server)).as("everybody").isEqualTo("web");

    apply();
    assertThat(call(neighbour, server)).isEqualTo("web");
    assertThat(call(friend, server)).isEqualTo(REFUSED);
  }

  @Test
  void blocksHaveExceptions() throws Exception {
    var all = new Subnet(0, 0);
    var excepted = new Subnet(Subnet.number(neighbour.address()), 32);
    apply(Policy.ingress("a", app("web"), rule(List.of(new Block(all, List.of(excepted))))));
    assertThat(call(friend, server)).isEqualTo("web");
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    apply(
        Policy.ingress("a", app("web"), rule(List.of(new Block(all, List.of(excepted, excepted))))),
        Policy.ingress("a", app("web"), rule(List.of(new Block(excepted, List.of())))));
    assertThat(call(neighbour, server)).as("another rule allows it").isEqualTo("web");
  }

  @Test
  void portsHaveNamesAndRanges() throws Exception {
    var named =
        tenant("named", "a", "web")
            .withPorts(
                List.of(
                    new NamedPort("http", Protocol.TCP, server.port()),
                    new NamedPort("http", Protocol.UDP, 9)));
    pool.release("web");
    server.close();
    other.close();
    web = pool.lease(named);
    int number = server.port();
    server = Inside.run(web.path(), () -> new TestServer(ANY, number, "web"));
    other = Inside.server(web.path(), ANY, "other");

    apply(Policy.ingress("a", app("web"), rule(List.of(), new PortName(Protocol.TCP, "http"))));
    assertThat(call(neighbour, server)).isEqualTo("web");
    assertThat(call(neighbour, other)).isEqualTo(REFUSED);
    apply(Policy.ingress("a", app("web"), rule(List.of(), new PortName(Protocol.UDP, "http"))));
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    apply(Policy.egress("a", app("other"), rule(List.of(), new PortName(Protocol.TCP, "http"))));
    assertThat(call(neighbour, server)).isEqualTo("web");
    assertThat(call(neighbour, other)).isEqualTo(REFUSED);
    int low = Math.min(server.port(), other.port());
    int high = Math.max(server.port(), other.port());
    apply(Policy.ingress("a", app("web"), rule(List.of(), new Ports(Protocol.TCP, low, high))));
    assertThat(call(neighbour, server) + call(neighbour, other)).isEqualTo("webother");
    apply(Policy.ingress("a", app("web"), rule(List.of(), new Ports(Protocol.UDP, low, high))));
    assertThat(call(neighbour, server) + call(neighbour, other)).isEqualTo(REFUSED + REFUSED);
  }

  @Test
  void egressIsLimitedToWhomItNames() throws Exception {
    try (var world = new World(directory.resolve("world"))) {
      apply(Policy.egress("a", app("other")));
      assertThat(call(neighbour, server)).isEqualTo(REFUSED);
      assertThat(toWorld(neighbour, world)).isEqualTo(REFUSED);
      assertThat(toWorld(web, world)).as("not selected").isEqualTo("world");
      assertThat(call(web, server)).isEqualTo("web");

      apply(Policy.egress("a", app("other"), rule(List.of(pods(app("web"))), port(server))));
      assertThat(call(neighbour, server)).isEqualTo("web");
      assertThat(call(neighbour, other)).isEqualTo(REFUSED);
      assertThat(toWorld(neighbour, world)).isEqualTo(REFUSED);

      var block = new Block(Subnet.parse(world.address().getHostAddress() + "/32"), List.of());
      apply(Policy.egress("a", app("other"), rule(List.of(block))));
      assertThat(toWorld(neighbour, world)).isEqualTo("world");
      assertThat(call(neighbour, server)).isEqualTo(REFUSED);

      apply(
          Policy.egress("a", app("other"), rule(List.of(pods(app("web"))))),
          Policy.ingress("a", app("web")));
      assertThat(call(neighbour, server)).as("both sides must allow it").isEqualTo(REFUSED);

      apply(Policy.egress("b", new All(), rule(List.of(in(new All(), "web")))));
      assertThat(call(friend, server)).as("egress opens no namespace").isEqualTo(REFUSED);
    }
  }

  private static String toWorld(NetworkLease from, World world) throws Exception {
    return Inside.call(from.path(), world.address(), world.port());
  }

  @Test
  void egressToNamesAndServicesIsNamedAsOnACluster() throws Exception {
    try (var gateway = new TestServer(ANY, "gateway");
        var api = new TestServer(ANY, "api")) {
      pool.expose(80, gateway.port());
      pool.expose(443, api.port());
      Predicate<Map<String, String>> system =
          new Label("kubernetes.io/metadata.name", "kube-system");
      Predicate<Map<String, String>> kourier =
          new Label("kubernetes.io/metadata.name", "kourier-system");
      var dns = new Pods(Optional.of(system), new Label("k8s-app", "kube-dns"));
      var block = new Block(Subnet.parse(pool.gateway().getHostAddress() + "/32"), List.of());
      record Row(String name, List<Rule> rules, String reached) {}
      var rows =
          List.of(
              new Row("nothing", List.of(), ""),
              new Row("everything", List.of(rule(List.of())), "dns gateway api"),
              new Row("DNS", List.of(rule(List.of(dns))), "dns"),
              new Row(
                  "DNS by UDP only",
                  List.of(rule(List.of(dns), new Ports(Protocol.UDP, 53, 53))),
                  ""),
              new Row(
                  "DNS by its ports' names",
                  List.of(rule(List.of(dns), new PortName(Protocol.TCP, "dns-tcp"))),
                  "dns"),
              new Row(
                  "Knative's gateway",
                  List.of(rule(List.of(new Pods(Optional.of(kourier), new All())))),
                  "gateway"),
              new Row(
                  "all namespaces",
                  List.of(rule(List.of(new Pods(Optional.of(new All()), new All())))),
                  "dns gateway"),
              new Row("addresses", List.of(rule(List.of(block))), "dns gateway api"),
              new Row(
                  "a port", List.of(rule(List.of(), new Ports(Protocol.TCP, 443, 443))), "api"));
      for (Row row : rows) {
        apply(Policy.egress("a", app("other"), row.rules().toArray(Rule[]::new)));
        assertThat(reached(neighbour)).as(row.name()).isEqualTo(row.reached());
        assertThat(reached(web)).as("not selected").isEqualTo("dns gateway api");
      }
    }
  }

  /// By TCP, which tells whether it is refused.
  private String reached(NetworkLease from) throws Exception {
    var reached = new StringJoiner(" ");
    if (Inside.run(from.path(), () -> connects(53))) {
      reached.add("dns");
    }
    if (Inside.call(from.path(), pool.gateway(), 80).equals("gateway")) {
      reached.add("gateway");
    }
    if (Inside.call(from.path(), pool.gateway(), 443).equals("api")) {
      reached.add("api");
    }
    return reached.toString();
  }

  private boolean connects(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(pool.gateway(), port), 60_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void labelsThatChangeTakeEffectAtOnce() throws Exception {
    Map<String, Map<String, String>> now = new ConcurrentHashMap<>();
    pool.follow(tenant -> Optional.ofNullable(now.get(tenant.pod())));
    apply(
        Policy.ingress("a", app("web"), rule(List.of(in(new All(), "friend")))),
        Policy.egress("b", app("shut")));
    assertThat(call(friend, server)).isEqualTo("web");
    relabel(now, "friend", "app", "stranger");
    assertThat(call(friend, server)).as("not named any more").isEqualTo(REFUSED);
    relabel(now, "friend", "app", "friend");
    relabel(now, "web", "app", "closed-no-more");
    assertThat(call(friend, server)).as("not selected any more").isEqualTo(REFUSED);
    assertThat(call(neighbour, server)).isEqualTo("web");
    relabel(now, "web", "app", "web");
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    assertThat(call(friend, server)).isEqualTo("web");
    relabel(now, "friend", "app", "shut");
    assertThat(call(friend, server)).as("egress").isEqualTo(REFUSED);
    now.clear();
    pool.relabel(ignored -> true);
    assertThat(call(friend, server)).as("as at its start").isEqualTo("web");
    now.put("late", Map.of("app", "friend"));
    var late = pool.lease(tenant("late", "b", "stranger"));
    assertThat(call(late, server)).as("what is known at the lease").isEqualTo("web");
  }

  private void relabel(Map<String, Map<String, String>> now, String pod, String key, String value) {
    now.put(pod, Map.of(key, value));
    pool.relabel(pod::equals);
  }

  /// With more policies than elements fit a message.
  @Test
  void manyPoliciesAreOneCommand() throws Exception {
    Map<String, Map<String, String>> now = new ConcurrentHashMap<>();
    pool.follow(tenant -> Optional.ofNullable(now.get(tenant.pod())));
    var many =
        IntStream.range(0, 150)
            .mapToObj(i -> {
              Predicate<Map<String, String>> selector = new Label("l" + i, "x").or(app("all"));
              return Policy.ingress("a", selector, rule(List.of(pods(app("other"))), port(server)));
            })
            .toArray(Policy[]::new);
    apply(many);
    assertThat(call(neighbour, other)).isEqualTo("other");
    relabel(now, "web", "app", "all");
    assertThat(call(neighbour, other)).isEqualTo(REFUSED);
    assertThat(call(neighbour, server)).isEqualTo("web");
    relabel(now, "web", "app", "web");
    assertThat(call(neighbour, other)).isEqualTo("other");
    apply();
    String sets = NftCommand.find().ask("list", "sets", "inet");
    assertThat(Arrays.stream(sets.split("table ")).filter(it -> it.contains(table())).findFirst())
        .hasValueSatisfying(it -> assertThat(it).doesNotContain("group-"));
  }

  private String table() {
    return NetworkNames.of(directory).table();
  }

  /// A connection that is there must not outlive the policy that closes it.
  @Test
  void aPolicyHoldsForConnectionsThatAreThere() throws Exception {
    try (var echo = Inside.run(web.path(), () -> new EchoServer(ANY));
        var socket = Inside.run(neighbour.path(), () -> new Socket(web.address(), echo.port()))) {
      assertThat(EchoServer.ask(socket, 'a')).isEqualTo('a');
      apply(Policy.ingress("a", app("web")));
      assertThat(EchoServer.ask(socket, 'b')).isEqualTo(-1);
    }
    try (var echo = Inside.run(web.path(), () -> new EchoServer(ANY));
        var allowed = Inside.run(friend.path(), () -> new Socket())) {
      apply(Policy.ingress("a", app("web"), rule(List.of(in(new All(), "friend")))));
      allowed.connect(new InetSocketAddress(web.address(), echo.port()));
      for (int i = 0; i < 20; i++) {
        apply(
            Policy.ingress("a", app("web"), rule(List.of(in(new All(), "friend")))),
            Policy.ingress("a", app("x" + i)));
        assertThat(EchoServer.ask(allowed, 'c')).as("undisturbed").isEqualTo('c');
      }
    }
  }

  /// While policies change without end, nobody gets through whom none of them lets.
  @Test
  void noMomentIsOpen() throws Exception {
    var closed = Policy.ingress("a", app("web"), rule(List.of(pods(app("nobody")))));
    apply(closed);
    for (int i = 0; i < 20; i++) {
      int round = i;
      var changing =
          Thread.ofVirtual().start(() -> apply(closed, Policy.ingress("a", app("web" + round))));
      for (int j = 0; j < 10; j++) {
        assertThat(call(neighbour, server)).isEqualTo(REFUSED);
      }
      changing.join();
    }
  }

  /// The next server closes nothing for those who are let in, and opens nothing, before it knows
  /// its policies.
  @Test
  void aRestartedServerHasNoMomentWithoutPolicies() throws Exception {
    apply(Policy.ingress("a", app("web"), rule(List.of(in(new All(), "friend")))));
    pool.close(true);
    pool = NetworkPool.open(config().withSize(3));
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    for (NetworkLease lease : List.of(web, neighbour, friend)) {
      assertThat(pool.reattach(lease.tenant(), lease.name())).contains(lease);
    }
    assertThat(call(friend, server)).isEqualTo("web");
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
    apply(Policy.ingress("a", app("web"), rule(List.of(in(new All(), "friend")))));
    pool.settle();
    assertThat(call(friend, server)).isEqualTo("web");
    assertThat(call(neighbour, server)).isEqualTo(REFUSED);
  }
}

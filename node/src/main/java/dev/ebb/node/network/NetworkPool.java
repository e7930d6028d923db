package dev.ebb.node.network;

import dev.ebb.node.ListeningTable;
import dev.ebb.node.dns.DnsServer;
import dev.ebb.node.dns.DnsZone;
import dev.ebb.node.dns.NameServers;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/// The networks of a server's instances. Each instance has a network namespace of its own, taken
/// from a pool of ready ones, and one address at which the server and its neighbours of the same
/// Kubernetes namespace reach it. It reaches them, names and services through the gateway's
/// address, and other machines by NAT; nothing else.
///
/// A server that starts after another was killed calls [#reattach] for each instance that lives,
/// and then [#settle], which removes the rest. No instance gets a network before the policies are
/// known ([#apply]), so that none is open for a moment. Thread-safe.
public final class NetworkPool implements AutoCloseable {
  private static final Logger LOG = System.getLogger(NetworkPool.class.getName());
  private static final int DNS = 53;

  /// The policies come from this process's memory; who waits so long waits for ever.
  private static final long POLICIES_SECONDS = 30;

  private final NetworkNames names;
  private final Path directory;
  private final boolean egress;
  private final Subnet subnet;
  private final NameServers nameServers;
  private final Netlink rules;
  private final Remains remains;
  private final NftCommand nft;
  private final NetworkGround ground;
  private final AddressPlan addresses;
  private final NamespaceMaker maker;
  private final ReadyNamespaces ready;
  private final Membership membership;
  private final DnsServer dns;
  private final ListenerLookup listeners = new ListenerLookup();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, NetworkLease> leases = new HashMap<>();
  private final Set<Integer> left;
  private final CountDownLatch policiesKnown = new CountDownLatch(1);
  private Function<Tenant, Optional<Map<String, String>>> labels = ignored -> Optional.empty();
  private boolean settled;

  private NetworkPool(
      NetworkConfig config,
      Remains remains,
      Netlink rules,
      NftCommand nft,
      NetworkGround ground,
      Subnet subnet) {
    names = remains.names();
    directory = remains.directory();
    this.remains = remains;
    this.rules = rules;
    this.nft = nft;
    this.ground = ground;
    egress = config.egress();
    this.subnet = subnet;
    addresses = new AddressPlan(subnet);
    maker = new NamespaceMaker(remains, addresses);
    membership = new Membership(names.table(), addresses.gateway(), rules, nft);
    nameServers = new NameServers(Path.of("/etc/resolv.conf"));
    dns = DnsServer.open(addresses.gateway(), nameServers);
    membership.expose(Protocol.UDP, DNS, dns.udpPort());
    membership.expose(Protocol.TCP, DNS, dns.tcpPort());
    left = remains.find();
    left.forEach(addresses::take);
    ready =
        new ReadyNamespaces(maker, remains, addresses, config.size(), "ebb-network-" + names.id());
  }

  /// Prepares the machine. Instances of an earlier server go on undisturbed.
  ///
  /// @throws NetworkUnavailableException when this user may not, or something is missing
  public static NetworkPool open(NetworkConfig config) {
    var missing = NetworkCheck.missing();
    if (!missing.isEmpty()) {
      throw new NetworkUnavailableException(
          "instances cannot have networks of their own: " + String.join("; ", missing));
    }
    var machine = Netlink.open(Netlink.ROUTE);
    var rules = Netlink.open(Netlink.NETFILTER);
    try {
      var remains = remains(config.dataDirectory(), config.runDirectory(), machine);
      Files.createDirectories(remains.directory());
      var ground = new NetworkGround(remains, config.dataDirectory());
      var subnet = ground.prepare(config.subnet());
      forward();
      return new NetworkPool(config, remains, rules, NftCommand.find(), ground, subnet);
    } catch (NetlinkException | IOException e) {
      machine.close();
      rules.close();
      throw new NetworkUnavailableException("cannot prepare the network of instances", e);
    }
  }

  /// Removes all that a server that does not run any more left on the machine: namespaces, links,
  /// routes, rules. Does nothing for a user who could not have made any.
  public static void removeAll(Path dataDirectory, Path runDirectory) {
    if (!NetworkCheck.missing().isEmpty()) {
      return;
    }
    try (var machine = Netlink.open(Netlink.ROUTE)) {
      var remains = remains(dataDirectory, runDirectory, machine);
      new NetworkGround(remains, dataDirectory).remove();
      NftCommand.find().run(NftRules.delete(remains.names()));
    }
  }

  private static Remains remains(Path dataDirectory, Path runDirectory, Netlink machine) {
    return new Remains(NetworkNames.of(dataDirectory), runDirectory.resolve("netns"), machine);
  }

  /// Lets the machine forward packets, as every container engine does. Left on at the end: others
  /// may rely on it by then.
  private static void forward() throws IOException {
    var setting = Path.of("/proc/sys/net/ipv4/ip_forward");
    if (!Files.readString(setting).strip().equals("1")) {
      Files.writeString(setting, "1");
      LOG.log(Level.INFO, "net.ipv4.ip_forward is on now: instances reach other machines by NAT");
    }
  }

  /// The server's own address, as instances see it.
  public Inet4Address gateway() {
    return addresses.gateway();
  }

  /// A network for an instance. Costs microseconds when one is ready; else one is made first.
  ///
  /// @throws NetworkUnavailableException when the kernel gives no more
  /// @throws IllegalStateException when the instance has one already
  public NetworkLease lease(Tenant tenant) {
    settle();
    var lease = lease(tenant, ready.take());
    try {
      add(lease);
      return lease;
    } catch (RuntimeException e) {
      discard(lease);
      throw e;
    }
  }

  /// The network of an instance that an earlier server started, before anything is leased.
  ///
  /// @param name of the lease
  /// @return empty when it is gone
  public Optional<NetworkLease> reattach(Tenant tenant, String name) {
    OptionalInt index = names.index(name);
    if (index.isEmpty() || !left.contains(index.getAsInt())) {
      return Optional.empty();
    }
    var lease = lease(tenant, index.getAsInt());
    lock.lock();
    try {
      if (settled) {
        throw new IllegalStateException("the networks of earlier instances are removed already");
      }
      hold(lease);
    } finally {
      lock.unlock();
    }
    return Optional.of(lease);
  }

  /// Everything that an earlier server left and nobody has taken over is removed, and the rules are
  /// as this server wants them, in one step. Done once; a first lease does it too. Waits for the
  /// policies.
  ///
  /// @throws NetworkUnavailableException when the rules cannot be made
  public void settle() {
    awaitPolicies();
    lock.lock();
    try {
      if (settled) {
        return;
      }
      Map<Inet4Address, Tenant> reattached = new HashMap<>();
      Set<Integer> kept = new HashSet<>();
      for (NetworkLease lease : leases.values()) {
        kept.add(index(lease));
        reattached.put(lease.address(), present(lease.tenant()));
      }
      membership.establish(NftRules.replace(names, addresses, egress), reattached);
      settled = true;
      left.stream().filter(it -> !kept.contains(it)).forEach(ready::discard);
    } finally {
      lock.unlock();
    }
  }

  private void awaitPolicies() {
    try {
      if (!policiesKnown.await(POLICIES_SECONDS, TimeUnit.SECONDS)) {
        throw new NetworkUnavailableException("the NetworkPolicies are not known yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetworkUnavailableException("interrupted before the NetworkPolicies were known", e);
    }
  }

  /// The instance has ended, and so have its processes. Nothing happens when it has no network.
  public void release(String instanceId) {
    NetworkLease lease;
    lock.lock();
    try {
      lease = leases.remove(instanceId);
      if (lease == null) {
        return;
      }
      membership.remove(lease.address());
    } finally {
      lock.unlock();
    }
    ready.discard(index(lease));
  }

  /// What instances send to the gateway's address at one port, by TCP, arrives there at another, at
  /// which the server listens: services of Knative at 80, say.
  public void expose(int port, int serverPort) {
    locked(() -> membership.expose(Protocol.TCP, port, serverPort));
  }

  /// For `clusterIP` of Services; the addresses that [#serve] leads on.
  public Subnet serviceAddresses() {
    return addresses.services();
  }

  /// From now on these are the Services. Takes some milliseconds: not for a request's way.
  public void serve(ServiceTable services) {
    locked(() -> membership.serve(services));
  }

  /// From now on these are the names that instances find.
  public void serve(DnsZone zone) {
    dns.serve(zone);
  }

  /// From now on these are the policies, for connections that are there too. Takes some
  /// milliseconds: not for a request's way.
  public void apply(NetworkPolicies policies) {
    locked(() -> membership.apply(policies));
    policiesKnown.countDown();
  }

  /// From now on this tells the labels that the Pod of an instance has; empty: those of its start.
  /// Called under a lock, so it must be quick. To be followed by [#relabel] where it tells others
  /// than before.
  public void follow(Function<Tenant, Optional<Map<String, String>>> present) {
    locked(() -> labels = present);
  }

  /// Labels of Pods have changed. Costs microseconds.
  ///
  /// @param pod tells of an instance's [Tenant#pod] whether it is one of them
  /// @throws NetworkUnavailableException when the kernel refuses
  public void relabel(Predicate<String> pod) {
    try {
      locked(() ->
          leases.values().stream()
              .filter(it -> pod.test(it.tenant().pod()))
              .forEach(it -> membership.change(it.address(), present(it.tenant()))));
    } catch (NetlinkException e) {
      throw new NetworkUnavailableException("cannot change what policies hold for a Pod", e);
    }
  }

  private Tenant present(Tenant tenant) {
    return labels.apply(tenant).map(tenant::withLabels).orElse(tenant);
  }

  /// Lets the instance be reached at a port of its address though its program listens on 127.0.0.1
  /// only. Not for a port at which something listens on the address itself: that would not be
  /// reached any more. Takes some milliseconds.
  public void forwardToLoopback(NetworkLease lease, int port) {
    nft.run(lease.path(), LoopbackForward.rules(lease, port));
  }

  /// Which TCP ports anything listens on in the instance's network.
  ///
  /// @return empty when that cannot be told
  public Optional<ListeningTable> listening(NetworkLease lease) {
    return listeners.find(lease.path());
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  /// What is in force.
  public NetworkStatus status() {
    lock.lock();
    try {
      return new NetworkStatus(
          subnet,
          gateway(),
          egress,
          nameServers.get(),
          membership.policies(),
          leases.size(),
          ready.count());
    } finally {
      lock.unlock();
    }
  }

  /// Has namespaces made ready from now on, beside everything else. Without it that begins with the
  /// first lease, which waits for its own.
  public void fill() {
    ready.fill();
  }

  /// How many namespaces are ready.
  public int idle() {
    return ready.count();
  }

  /// Waits until the pool is full and what was released is removed.
  public void awaitIdle() throws InterruptedException {
    ready.fill();
    ready.awaitSettled();
  }

  /// Ends the pool with all of its instances' networks.
  @Override
  public void close() {
    close(false);
  }

  /// Ends the pool.
  ///
  /// @param keepInstances the networks of instances stay, for the next server to take over
  public void close(boolean keepInstances) {
    List<NetworkLease> held;
    lock.lock();
    try {
      held = new ArrayList<>(leases.values());
      leases.clear();
    } finally {
      lock.unlock();
    }
    if (!keepInstances) {
      held.forEach(it -> ready.discard(index(it)));
    }
    dns.close();
    listeners.close();
    ready.close();
    if (!keepInstances || held.isEmpty()) {
      ground.remove();
      nft.run(NftRules.delete(names));
    }
    maker.close();
    remains.machine().close();
    rules.close();
  }

  private NetworkLease lease(Tenant tenant, int index) {
    var name = names.pair(index);
    return new NetworkLease(
        tenant, name, directory.resolve(name), addresses.address(index), addresses.gateway());
  }

  private void add(NetworkLease lease) {
    locked(() -> {
      hold(lease);
      membership.add(lease.address(), present(lease.tenant()));
    });
  }

  private void hold(NetworkLease lease) {
    if (leases.putIfAbsent(lease.instanceId(), lease) != null) {
      throw new IllegalStateException("instance " + lease.instanceId() + " has a network already");
    }
  }

  private void discard(NetworkLease lease) {
    lock.lock();
    try {
      leases.remove(lease.instanceId(), lease);
    } finally {
      lock.unlock();
    }
    ready.discard(index(lease));
  }

  private int index(NetworkLease lease) {
    return names.index(lease.name()).orElseThrow();
  }
}

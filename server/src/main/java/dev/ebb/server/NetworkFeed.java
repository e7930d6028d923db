package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.node.dns.DnsRecord;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.network.Tenant;
import dev.ebb.reconcile.Index;
import dev.ebb.reconcile.Informer;
import dev.ebb.resources.Resources;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Keeps the networks of instances true to the objects: Services, Endpoints, NetworkPolicies and
/// the labels of Pods. Each change is followed by one that has all that came meanwhile, but labels,
/// of which each change takes effect at once.
final class NetworkFeed implements AutoCloseable {
  private static final Logger LOG = System.getLogger(NetworkFeed.class.getName());

  /// After nft failed, for lack of memory perhaps.
  private static final long RETRY_SECONDS = 1;

  private final NetworkPool pool;
  private final Informer services;
  private final Informer endpoints;
  private final Informer policies;
  private final Informer namespaces;
  private final Informer pods;
  private final Index podsByName;
  private final List<Informer> informers;

  /// One permit: something has changed since the last look.
  private final Semaphore changed = new Semaphore(0);

  /// Services whose names have to be worked out again; the others are not looked at.
  private final Set<ObjectKey> pending = ConcurrentHashMap.newKeySet();

  // Of the thread.
  private final Map<ObjectKey, InstanceNames> names = new HashMap<>();
  private final Map<ObjectKey, Inet4Address> virtual = new HashMap<>();
  private final Set<Inet4Address> taken = new HashSet<>();
  private final List<DnsRecord> gateway;
  private final Thread thread;
  private Optional<NetworkPolicies> applied = Optional.empty();
  private volatile boolean closed;

  NetworkFeed(Resources resources, NetworkPool pool) {
    this.pool = pool;
    services = new Informer(resources, CoreKinds.SERVICE);
    endpoints = new Informer(resources, CoreKinds.ENDPOINTS);
    policies = new Informer(resources, NetworkKinds.NETWORK_POLICY);
    namespaces = new Informer(resources, CoreKinds.NAMESPACE);
    pods = new Informer(resources, CoreKinds.POD);
    podsByName = pods.index(NetworkFeed::names);
    gateway = List.of(new DnsRecord.Address(pool.gateway()));
    Stream.of(services, endpoints)
        .forEach(it -> it.onChange(change -> pending.add(change.object().key())));
    Stream.of(services, endpoints, policies, namespaces)
        .forEach(it -> it.onChange(ignored -> changed.release()));
    pool.follow(this::labels);
    pods.onChange(change -> relabel(change.object()));
    informers = List.of(services, endpoints, policies, namespaces, pods);
    informers.forEach(Informer::start);
    thread = Thread.ofVirtual().name("network-feed").start(this::follow);
  }

  private void follow() {
    try {
      for (var informer : informers) {
        informer.awaitSync();
      }
      changed.release();
      while (!closed) {
        changed.acquire();
        changed.drainPermits();
        if (!update() && !changed.tryAcquire(RETRY_SECONDS, TimeUnit.SECONDS)) {
          changed.release();
        }
      }
    } catch (InterruptedException e) {
      // Closed.
      LOG.log(Level.TRACE, "the feed of networks ends", e);
    }
  }

  /// @return false when it has to be tried again
  private boolean update() {
    try {
      List.copyOf(pending).forEach(this::look);
      // The rules first: a name should not lead where nothing is yet.
      pool.serve(InstanceNames.table(names.values()));
      pool.serve(InstanceNames.zone(names.values(), gateway));
      apply();
      return true;
    } catch (NetworkUnavailableException e) {
      LOG.log(Level.WARNING, "cannot change the networks of instances", e);
      return false;
    }
  }

  /// Only when they are others: rules are replaced as a whole, and Endpoints change often.
  private void apply() {
    NetworkPolicies wanted = InstancePolicies.of(policies.all(), namespaces.all());
    if (!applied.filter(wanted::equals).isPresent()) {
      pool.apply(wanted);
      applied = Optional.of(wanted);
    }
  }

  private static List<String> names(KubernetesObject pod) {
    return List.of(pod.uid(), pod.name());
  }

  /// Of the Pod that shows an instance. A UID comes first: a user may name a Pod like it.
  private Optional<Map<String, String>> labels(Tenant tenant) {
    return podsByName.get(tenant.pod()).stream()
        .filter(it -> it.namespace().equals(tenant.namespace()))
        .max(Comparator.comparing(it -> it.uid().equals(tenant.pod())))
        .map(KubernetesObject::labels);
  }

  private void relabel(KubernetesObject pod) {
    try {
      pool.relabel(names(pod)::contains);
    } catch (NetworkUnavailableException e) {
      LOG.log(Level.WARNING, "cannot change what policies hold for the Pod " + pod.key(), e);
    }
  }

  private void look(ObjectKey key) {
    pending.remove(key);
    Optional<KubernetesObject> service = services.get(key);
    if (service.isPresent()) {
      names.put(key, InstanceNames.of(service.get(), endpoints.get(key), this::assigned, gateway));
    } else {
      names.remove(key);
      Optional.ofNullable(virtual.remove(key)).ifPresent(taken::remove);
    }
  }

  /// Each Service keeps its virtual address as long as it lives: its `clusterIP` where that is of
  /// this network, else one that is free. Where none is, it is looked for after the next change.
  private Optional<Inet4Address> assigned(KubernetesObject service) {
    ObjectKey key = service.key();
    Optional<Inet4Address> address =
        Optional.ofNullable(virtual.get(key)).or(() -> free(key, wanted(service)));
    address.ifPresentOrElse(it -> virtual.put(key, it), () -> pending.add(key));
    return address;
  }

  private Optional<Inet4Address> free(ObjectKey key, Optional<Inet4Address> wanted) {
    var subnet = pool.serviceAddresses();
    long start = Math.floorMod(key.hashCode(), subnet.size());
    return Stream.concat(
            wanted.filter(subnet::contains).stream(),
            LongStream.range(0, subnet.size())
                .mapToObj(i -> subnet.at((start + i) % subnet.size())))
        .filter(taken::add)
        .findFirst();
  }

  /// Empty when it has none, or one of IPv6.
  private static Optional<Inet4Address> wanted(KubernetesObject service) {
    try {
      return InetAddress.ofLiteral(service.spec().path("clusterIP").asString(""))
              instanceof Inet4Address address
          ? Optional.of(address)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    informers.forEach(Informer::close);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

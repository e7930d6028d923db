package dev.ebb.server;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.NetworkKinds;
import dev.ebb.node.dns.DnsRecord;
import dev.ebb.node.dns.DnsZone;
import dev.ebb.node.network.NetworkPolicies;
import dev.ebb.node.network.NetworkPool;
import dev.ebb.node.network.NetworkUnavailableException;
import dev.ebb.node.network.ServiceTable;
import dev.ebb.node.network.ServiceTable.Endpoints;
import dev.ebb.node.network.ServiceTable.ServicePort;
import dev.ebb.node.network.Tenant;
import dev.ebb.reconcile.Index;
import dev.ebb.reconcile.Informer;
import dev.ebb.resources.Resources;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// Keeps the networks of instances true to the objects: Services, Endpoints, NetworkPolicies and
/// the labels of Pods. A change is about the Services that it names, however many others there are;
/// what comes while one is made is in the next, but labels, of which each change takes effect at
/// once.
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

  private final AtomicBoolean policiesChanged = new AtomicBoolean(true);
  private final DnsZone zone;

  // Of the thread.
  private final Map<ObjectKey, InstanceNames> names = new HashMap<>();
  private final VirtualAddresses virtual;
  private final Map<ServicePort, Endpoints> ports = new HashMap<>();
  private final Set<String> goneNames = new HashSet<>();
  private final Map<String, List<DnsRecord>> changedNames = new HashMap<>();
  private boolean portsChanged = true;
  private final List<DnsRecord> gateway;
  private final Thread thread;
  private Optional<NetworkPolicies> applied = Optional.empty();
  private volatile int gatewayPort;
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
    Stream.of(policies, namespaces)
        .forEach(it -> it.onChange(ignored -> policiesChanged.set(true)));
    Stream.of(services, endpoints, policies, namespaces)
        .forEach(it -> it.onChange(ignored -> changed.release()));
    virtual = new VirtualAddresses(pool.serviceAddresses());
    zone = new DnsZone(Map.of(HostPorts.NAME, gateway));
    pool.serve(zone);
    pool.follow(this::labels);
    pods.onChange(change -> relabel(change.object()));
    informers = List.of(services, endpoints, policies, namespaces, pods);
    informers.forEach(Informer::start);
    thread = Thread.ofVirtual().name("network-feed").start(this::follow);
  }

  /// @param port at which Ebb's gateway listens for instances
  void gatewayListens(int port) {
    gatewayPort = port;
    pending.add(OpenFaasService.KEY);
    changed.release();
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
      if (portsChanged) {
        pool.serve(new ServiceTable(ports));
        portsChanged = false;
      }
      zone.change(goneNames, changedNames);
      goneNames.clear();
      changedNames.clear();
      if (policiesChanged.getAndSet(false)) {
        apply();
      }
      return true;
    } catch (NetworkUnavailableException e) {
      LOG.log(Level.WARNING, "cannot change the networks of instances", e);
      policiesChanged.set(true);
      return false;
    }
  }

  /// Only when they are others: rules are replaced as a whole, and namespaces change often.
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
    Optional<KubernetesObject> present = services.get(key);
    Optional<KubernetesObject> behind = endpoints.get(key);
    if (key.equals(OpenFaasService.KEY) && gatewayPort > 0) {
      OpenFaasService known = OpenFaasService.of(present, pool.gateway(), gatewayPort);
      present = Optional.of(known.service());
      behind = Optional.of(known.endpoints());
    }
    InstanceNames before = names.getOrDefault(key, InstanceNames.NONE);
    InstanceNames after =
        present.isPresent()
            ? InstanceNames.of(present.get(), behind, virtual::of, gateway)
            : InstanceNames.NONE;
    if (present.isPresent()) {
      names.put(key, after);
    } else {
      names.remove(key);
      virtual.release(key).ifPresent(this::lookAgain);
    }
    if (!after.ports().equals(before.ports())) {
      before.ports().keySet().forEach(ports::remove);
      ports.putAll(after.ports());
      portsChanged = true;
    }
    goneNames.addAll(before.records().keySet());
    changedNames.keySet().removeAll(before.records().keySet());
    changedNames.putAll(after.records());
  }

  private void lookAgain(ObjectKey service) {
    pending.add(service);
    changed.release();
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

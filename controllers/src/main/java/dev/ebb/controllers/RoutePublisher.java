package dev.ebb.controllers;

import dev.ebb.dataplane.GatewayControl;
import dev.ebb.kinds.ObjectKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the gateway's table equal to the assignments of all Routes and DomainMappings.
///
/// A change is in the gateway when [#assign] returns, so a Route that says Ready is routable. A
/// table is put together from all Routes; callers that come while one is made share the next, as
/// writes share a group commit. Nothing is published before [#open], so that a gateway never gets a
/// table in which Routes are missing only because they were not read yet. Thread-safe.
final class RoutePublisher {
  private final GatewayControl gateway;
  private final ConcurrentSkipListMap<ObjectKey, RouteRules> routes =
      new ConcurrentSkipListMap<>(RouteRules.ORDER);
  private final Map<ObjectKey, DomainAssignment> domains = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();
  private final ReentrantLock publishing = new ReentrantLock();
  private long published;
  private boolean open;

  RoutePublisher(GatewayControl gateway) {
    this.gateway = gateway;
  }

  /// Publishes what was assigned so far, and from now on every change.
  void open() {
    publishing.lock();
    try {
      open = true;
      publish();
    } finally {
      publishing.unlock();
    }
  }

  void assign(RouteAssignment assignment) {
    RouteRules present = routes.get(assignment.route());
    if (present == null || !present.assignment().equals(assignment)) {
      routes.put(assignment.route(), RouteRules.of(assignment));
      publishChange(changes.incrementAndGet());
    }
  }

  void remove(ObjectKey route) {
    if (routes.remove(route) != null) {
      publishChange(changes.incrementAndGet());
    }
  }

  void assignDomain(DomainAssignment assignment) {
    if (!assignment.equals(domains.put(assignment.mapping(), assignment))) {
      publishChange(changes.incrementAndGet());
    }
  }

  void removeDomain(ObjectKey mapping) {
    if (domains.remove(mapping) != null) {
      publishChange(changes.incrementAndGet());
    }
  }

  /// The Route that answers at a host by itself; it goes before a mapped domain of that name.
  Optional<ObjectKey> routeAt(String host) {
    return routes.values().stream()
        .map(RouteRules::assignment)
        .filter(assignment -> assignment.answersAt(host))
        .map(RouteAssignment::route)
        .findFirst();
  }

  /// Whether there is traffic that a domain can join.
  boolean leadsSomewhere(DomainAssignment domain) {
    return !RouteRules.targetsOf(domain, routes).isEmpty();
  }

  private void publishChange(long change) {
    publishing.lock();
    try {
      if (open && published < change) {
        publish();
      }
    } finally {
      publishing.unlock();
    }
  }

  private void publish() {
    // Read before the assignments: what comes after it is published by the one who brought it.
    published = changes.get();
    gateway.routes(RouteRules.table(routes, domains.values()));
  }
}

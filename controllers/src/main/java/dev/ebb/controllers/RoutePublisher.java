package dev.ebb.controllers;

import dev.ebb.dataplane.GatewayControl;
import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteTable;
import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps the gateway's rules equal to the assignments of all Routes and DomainMappings.
///
/// A change is in the gateway when [#assign] returns, so a Route that says Ready is routable. It
/// costs as much as the rules of that Route, and of the domains that are mapped to it or named like
/// its hosts, however many others there are. Nothing is published before [#open], so that a gateway
/// never gets a table in which Routes are missing only because they were not read yet. Thread-safe;
/// the gateway is told of changes one by one.
final class RoutePublisher {
  private final GatewayControl gateway;
  private final Map<ObjectKey, RouteAssignment> routes = new HashMap<>();
  private final KeyIndex<String> routesByHost = new KeyIndex<>();
  private final Map<ObjectKey, DomainAssignment> domains = new HashMap<>();
  private final KeyIndex<String> domainsByHost = new KeyIndex<>();
  private final KeyIndex<ObjectKey> domainsByRoute = new KeyIndex<>();
  private boolean open;

  RoutePublisher(GatewayControl gateway) {
    this.gateway = gateway;
  }

  /// Publishes what was assigned so far, and from now on every change.
  synchronized void open() {
    open = true;
    List<RouteGroup> groups = new ArrayList<>();
    routes.values().forEach(assignment -> groups.addAll(RouteRules.of(assignment)));
    domains.values().forEach(domain -> groups.add(rules(domain)));
    gateway.routes(new RouteTable(groups));
  }

  synchronized void assign(RouteAssignment assignment) {
    Optional<RouteAssignment> previous =
        Optional.ofNullable(routes.put(assignment.route(), assignment));
    if (!previous.equals(Optional.of(assignment))) {
      changed(
          assignment.route(),
          previous.map(RouteAssignment::allHosts).orElseGet(Set::of),
          assignment.allHosts(),
          RouteRules.of(assignment));
    }
  }

  synchronized void remove(ObjectKey route) {
    Optional.ofNullable(routes.remove(route))
        .ifPresent(
            previous -> changed(route, previous.allHosts(), Set.of(), RouteRules.ofNone(route)));
  }

  private void changed(
      ObjectKey route, Set<String> before, Set<String> after, List<RouteGroup> rules) {
    Set<ObjectKey> concerned = new LinkedHashSet<>(domainsByRoute.get(route));
    for (String host : without(before, after)) {
      routesByHost.remove(host, route);
      concerned.addAll(domainsByHost.get(host));
    }
    for (String host : without(after, before)) {
      routesByHost.add(host, route);
      concerned.addAll(domainsByHost.get(host));
    }
    List<RouteGroup> groups = new ArrayList<>(rules);
    for (ObjectKey domain : concerned) {
      Optional.ofNullable(domains.get(domain)).map(this::rules).ifPresent(groups::add);
    }
    publish(groups);
  }

  private static Set<String> without(Set<String> hosts, Set<String> others) {
    Set<String> left = new HashSet<>(hosts);
    left.removeAll(others);
    return left;
  }

  synchronized void assignDomain(DomainAssignment assignment) {
    ObjectKey mapping = assignment.mapping();
    Optional<DomainAssignment> previous = Optional.ofNullable(domains.put(mapping, assignment));
    if (!previous.equals(Optional.of(assignment))) {
      previous.ifPresent(this::forget);
      domainsByHost.add(assignment.host(), mapping);
      assignment.route().ifPresent(route -> domainsByRoute.add(route, mapping));
      publish(List.of(rules(assignment)));
    }
  }

  synchronized void removeDomain(ObjectKey mapping) {
    Optional.ofNullable(domains.remove(mapping))
        .ifPresent(previous -> {
          forget(previous);
          publish(List.of(RouteRules.ofNoDomain(mapping)));
        });
  }

  private void forget(DomainAssignment domain) {
    domainsByHost.remove(domain.host(), domain.mapping());
    domain.route().ifPresent(route -> domainsByRoute.remove(route, domain.mapping()));
  }

  /// The Route that answers at a host by itself; it goes before a mapped domain of that name.
  synchronized Optional<ObjectKey> routeAt(String host) {
    return routesByHost.get(host).stream().findFirst();
  }

  /// Whether there is traffic that a domain can join.
  synchronized boolean leadsSomewhere(DomainAssignment domain) {
    return domain.route().isEmpty()
        || routeOf(domain).filter(RouteAssignment::hasTraffic).isPresent();
  }

  private RouteGroup rules(DomainAssignment domain) {
    return RouteRules.of(domain, routeOf(domain), !routesByHost.get(domain.host()).isEmpty());
  }

  private Optional<RouteAssignment> routeOf(DomainAssignment domain) {
    return domain.route().flatMap(route -> Optional.ofNullable(routes.get(route)));
  }

  private void publish(List<RouteGroup> groups) {
    if (open) {
      gateway.change(new RouteChange(groups));
    }
  }
}

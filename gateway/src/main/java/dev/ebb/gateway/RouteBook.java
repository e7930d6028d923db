package dev.ebb.gateway;

import dev.ebb.dataplane.RouteChange;
import dev.ebb.dataplane.RouteGroup;
import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Keeps the index that requests are looked up in equal to what the control plane said. It knows
/// the rules that each owner has, so that a change costs as much as the rules that it takes away
/// and brings. Thread-safe; [#index] does not wait for changes.
final class RouteBook {
  private final Map<RouteGroup.Key, List<Route>> groups = new HashMap<>();
  private volatile RouteIndex index = RouteIndex.EMPTY;

  RouteIndex index() {
    return index;
  }

  synchronized void replace(RouteTable table) {
    Set<RouteGroup.Key> gone = new HashSet<>(groups.keySet());
    List<RouteGroup> all = new ArrayList<>(table.groups());
    table.groups().forEach(group -> gone.remove(group.key()));
    gone.forEach(key -> all.add(new RouteGroup(key, List.of())));
    change(new RouteChange(all));
  }

  synchronized void change(RouteChange change) {
    // All are made before the first is put: a rule that cannot be used changes nothing.
    Map<RouteGroup.Key, List<Route>> made = HashMap.newHashMap(change.groups().size());
    change.groups().forEach(group -> made.put(group.key(), routes(group)));
    RouteIndex next = index;
    for (Map.Entry<RouteGroup.Key, List<Route>> group : made.entrySet()) {
      next = next(next, of(group.getKey()), group.getValue());
    }
    made.forEach((key, routes) -> {
      if (routes.isEmpty()) {
        groups.remove(key);
      } else {
        groups.put(key, routes);
      }
    });
    index = next;
  }

  private static RouteIndex next(RouteIndex index, List<Route> present, List<Route> wanted) {
    RouteIndex next = index;
    for (int at = 0; at < present.size(); at++) {
      if (at >= wanted.size() || wanted.get(at) != present.get(at)) {
        next = next.without(present.get(at));
      }
    }
    for (int at = 0; at < wanted.size(); at++) {
      if (at >= present.size() || wanted.get(at) != present.get(at)) {
        next = next.with(wanted.get(at));
      }
    }
    return next;
  }

  /// What is as it was is taken over.
  private List<Route> routes(RouteGroup group) {
    List<Route> present = of(group.key());
    List<Route> routes = new ArrayList<>(group.rules().size());
    for (RouteRule rule : group.rules()) {
      int at = routes.size();
      boolean same = at < present.size() && present.get(at).rule().equals(rule);
      routes.add(same ? present.get(at) : new Route(group.key(), at, rule));
    }
    return List.copyOf(routes);
  }

  private List<Route> of(RouteGroup.Key key) {
    return groups.getOrDefault(key, List.of());
  }
}

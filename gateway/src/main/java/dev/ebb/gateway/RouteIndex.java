package dev.ebb.gateway;

import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [RouteTable] compiled for look-up: a hash by host, then [PathIndex]. A look-up costs the same
/// with ten rules and with ten thousand. Immutable.
///
/// A table comes whole with each change of one Route; what did not change is taken over from the
/// index before, so a thousand Routes that appear one by one do not cost a million compilations.
final class RouteIndex {
  static final RouteIndex EMPTY = new RouteIndex(Map.of(), Compiled.EMPTY);

  private final Map<String, Compiled> hosts;
  private final Compiled anyHost;

  private RouteIndex(Map<String, Compiled> hosts, Compiled anyHost) {
    this.hosts = hosts;
    this.anyHost = anyHost;
  }

  /// The rules of one host, in their order, and what was made of each and of all.
  private record Compiled(List<RouteRule> rules, List<Route> routes, PathIndex paths) {
    static final Compiled EMPTY = new Compiled(List.of(), List.of(), PathIndex.of(List.of()));

    /// A change touches rules that stand together; those before and after it are taken over.
    Compiled with(List<RouteRule> next) {
      int most = Math.min(rules.size(), next.size());
      int before = 0;
      while (before < most && rules.get(before).equals(next.get(before))) {
        before++;
      }
      if (before == rules.size() && before == next.size()) {
        return this;
      }
      int after = 0;
      while (after < most - before
          && rules.get(rules.size() - 1 - after).equals(next.get(next.size() - 1 - after))) {
        after++;
      }
      List<Route> made = new ArrayList<>(next.size());
      made.addAll(routes.subList(0, before));
      next.subList(before, next.size() - after).forEach(rule -> made.add(new Route(rule)));
      made.addAll(routes.subList(routes.size() - after, routes.size()));
      return new Compiled(next, made, PathIndex.of(made));
    }
  }

  static RouteIndex of(RouteTable table, RouteIndex previous) {
    Map<String, List<RouteRule>> byHost = new HashMap<>();
    List<RouteRule> forAnyHost = new ArrayList<>();
    for (RouteRule rule : table.rules()) {
      rule.match()
          .host()
          .map(host -> byHost.computeIfAbsent(host, key -> new ArrayList<>(1)))
          .orElse(forAnyHost)
          .add(rule);
    }
    Map<String, Compiled> hosts = HashMap.newHashMap(byHost.size());
    byHost.forEach((host, rules) ->
        hosts.put(host, previous.hosts.getOrDefault(host, Compiled.EMPTY).with(rules)));
    return new RouteIndex(hosts, previous.anyHost.with(forAnyHost));
  }

  /// @param host lower case, without port
  /// @param path normalised, without query
  @Nullable Route find(String host, String method, String path, HttpHeaders headers) {
    Compiled ofHost = hosts.get(host);
    if (ofHost != null) {
      Route route = ofHost.paths.find(method, path, headers);
      if (route != null) {
        return route;
      }
    }
    return anyHost.paths.find(method, path, headers);
  }
}

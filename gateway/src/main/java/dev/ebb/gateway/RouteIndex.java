package dev.ebb.gateway;

import dev.ebb.dataplane.RouteRule;
import dev.ebb.dataplane.RouteTable;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A [RouteTable] compiled for look-up: a hash by host, then [PathIndex]. A look-up costs the same
/// with ten rules and with ten thousand. Immutable.
///
/// A table comes whole with each change of one Route. Only the hosts of the rules that differ from
/// the table before are compiled, so a thousand Routes that appear one by one do not cost a million
/// compilations.
final class RouteIndex {
  static final RouteIndex EMPTY = new RouteIndex(List.of(), Map.of(), Compiled.EMPTY);

  private final List<RouteRule> rules;
  private final Map<String, Compiled> hosts;
  private final Compiled anyHost;

  private RouteIndex(List<RouteRule> rules, Map<String, Compiled> hosts, Compiled anyHost) {
    this.rules = rules;
    this.hosts = hosts;
    this.anyHost = anyHost;
  }

  /// What two lists have in common at their beginnings and at their ends: a change touches rules
  /// that stand together.
  private record Common(int before, int after) {
    static Common of(List<RouteRule> old, List<RouteRule> next) {
      int most = Math.min(old.size(), next.size());
      int before = 0;
      while (before < most && old.get(before).equals(next.get(before))) {
        before++;
      }
      int after = 0;
      while (after < most - before
          && old.get(old.size() - 1 - after).equals(next.get(next.size() - 1 - after))) {
        after++;
      }
      return new Common(before, after);
    }

    /// The rest.
    List<RouteRule> between(List<RouteRule> rules) {
      return rules.subList(before, rules.size() - after);
    }
  }

  /// The rules of one host, in their order, and what was made of each and of all.
  private record Compiled(List<RouteRule> rules, List<Route> routes, PathIndex paths) {
    static final Compiled EMPTY = new Compiled(List.of(), List.of(), PathIndex.of(List.of()));

    Compiled with(List<RouteRule> next) {
      Common common = Common.of(rules, next);
      List<Route> made = new ArrayList<>(next.size());
      made.addAll(routes.subList(0, common.before));
      common.between(next).forEach(rule -> made.add(new Route(rule)));
      made.addAll(routes.subList(routes.size() - common.after, routes.size()));
      return new Compiled(next, made, PathIndex.of(made));
    }
  }

  static RouteIndex of(RouteTable table, RouteIndex previous) {
    Common common = Common.of(previous.rules, table.rules());
    Map<Optional<String>, List<RouteRule>> changed = new HashMap<>();
    for (List<RouteRule> rules : List.of(previous.rules, table.rules())) {
      common.between(rules).forEach(rule -> changed.put(rule.match().host(), new ArrayList<>()));
    }
    if (changed.isEmpty()) {
      return previous;
    }
    for (RouteRule rule : table.rules()) {
      List<RouteRule> ofHost = changed.get(rule.match().host());
      if (ofHost != null) {
        ofHost.add(rule);
      }
    }
    Map<String, Compiled> hosts = new HashMap<>(previous.hosts);
    Compiled anyHost = previous.anyHost;
    for (Map.Entry<Optional<String>, List<RouteRule>> entry : changed.entrySet()) {
      Optional<String> host = entry.getKey();
      if (host.isEmpty()) {
        anyHost = anyHost.with(entry.getValue());
      } else if (entry.getValue().isEmpty()) {
        hosts.remove(host.get());
      } else {
        Compiled present = previous.hosts.getOrDefault(host.get(), Compiled.EMPTY);
        hosts.put(host.get(), present.with(entry.getValue()));
      }
    }
    return new RouteIndex(table.rules(), hosts, anyHost);
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

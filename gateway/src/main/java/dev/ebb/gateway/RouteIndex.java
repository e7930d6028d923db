package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rules of a gateway as requests look them up: by host, then by path. A look-up costs the same
/// with ten rules and with a hundred thousand. Immutable: a request sees all of a change or nothing
/// of it. One with another rule shares the rest with the one before, see [HashTrie].
final class RouteIndex {
  static final RouteIndex EMPTY = new RouteIndex(HashTrie.empty(), PathIndex.EMPTY);

  private final HashTrie<PathIndex> hosts;
  private final PathIndex anyHost;

  private RouteIndex(HashTrie<PathIndex> hosts, PathIndex anyHost) {
    this.hosts = hosts;
    this.anyHost = anyHost;
  }

  RouteIndex with(Route route) {
    Optional<String> host = route.host();
    return host.isEmpty()
        ? new RouteIndex(hosts, anyHost.with(route))
        : new RouteIndex(hosts.with(host.get(), of(host.get()).with(route)), anyHost);
  }

  RouteIndex without(Route route) {
    Optional<String> host = route.host();
    if (host.isEmpty()) {
      return new RouteIndex(hosts, anyHost.without(route));
    }
    PathIndex left = of(host.get()).without(route);
    return new RouteIndex(
        left.isEmpty() ? hosts.without(host.get()) : hosts.with(host.get(), left), anyHost);
  }

  private PathIndex of(String host) {
    PathIndex present = hosts.get(host);
    return present == null ? PathIndex.EMPTY : present;
  }

  /// @param host lower case, without port
  /// @param path normalised, without query
  @Nullable Route find(String host, String method, String path, HttpHeaders headers) {
    PathIndex ofHost = hosts.get(host);
    if (ofHost != null) {
      Route route = ofHost.find(method, path, headers);
      if (route != null) {
        return route;
      }
    }
    return anyHost.find(method, path, headers);
  }
}

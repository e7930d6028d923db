package dev.ebb.gateway;

import dev.ebb.dataplane.PathMatch;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The rules of one host by path: a hash of exact paths, a trie of templates, and a hash of
/// prefixes that is asked for the path and each of its parents, longest first. Immutable.
final class PathIndex {
  private static final Route[] NONE = {};

  private final Map<String, Route[]> exact;
  private final TemplateTrie templates;
  private final Map<String, Route[]> prefixes;
  private final Route[] root;
  private final int longestPrefix;

  private PathIndex(
      Map<String, Route[]> exact, TemplateTrie templates, Map<String, Route[]> prefixes) {
    this.exact = exact;
    this.templates = templates;
    this.prefixes = prefixes;
    this.root = prefixes.getOrDefault("", NONE);
    this.longestPrefix = prefixes.keySet().stream().mapToInt(String::length).max().orElse(0);
  }

  static PathIndex of(List<Route> routes) {
    Map<String, List<Route>> exact = new HashMap<>();
    Map<String, List<Route>> templates = new HashMap<>();
    Map<String, List<Route>> prefixes = new HashMap<>();
    for (Route route : routes) {
      switch (route.path()) {
        case PathMatch.Exact(String path) -> add(exact, path, route);
        case PathMatch.Template(String path) -> add(templates, path, route);
        case PathMatch.Prefix(String path) -> add(prefixes, withoutSlash(path), route);
      }
    }
    return new PathIndex(sorted(exact), TemplateTrie.of(sorted(templates)), sorted(prefixes));
  }

  @Nullable Route find(String method, String path, HttpHeaders headers) {
    Route route = first(exact.get(path), method, headers);
    if (route == null) {
      route = templates.find(method, path, headers);
    }
    if (route == null && longestPrefix > 0) {
      route = findPrefix(method, path, headers);
    }
    return route != null ? route : first(root, method, headers);
  }

  static @Nullable Route first(Route @Nullable [] routes, String method, HttpHeaders headers) {
    if (routes != null) {
      for (Route route : routes) {
        if (route.accepts(method, headers)) {
          return route;
        }
      }
    }
    return null;
  }

  private @Nullable Route findPrefix(String method, String path, HttpHeaders headers) {
    int end = path.length();
    while (end > 0) {
      if (end <= longestPrefix) {
        Route route = first(prefixes.get(path.substring(0, end)), method, headers);
        if (route != null) {
          return route;
        }
      }
      end = path.lastIndexOf('/', end - 1);
    }
    return null;
  }

  private static String withoutSlash(String prefix) {
    return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
  }

  private static void add(Map<String, List<Route>> routes, String path, Route route) {
    routes.computeIfAbsent(path, key -> new ArrayList<>(1)).add(route);
  }

  private static Map<String, Route[]> sorted(Map<String, List<Route>> routes) {
    Map<String, Route[]> sorted = HashMap.newHashMap(routes.size());
    routes.forEach((path, list) -> {
      list.sort(Route.MOST_HEADERS_FIRST);
      sorted.put(path, list.toArray(Route[]::new));
    });
    return sorted;
  }
}

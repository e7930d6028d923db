package dev.ebb.gateway;

import dev.ebb.dataplane.PathMatch;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The rules of one host by path: exact paths, a trie of templates, and prefixes, which are asked
/// for the path and each of its parents, longest first. Immutable; one with another rule shares the
/// rest with the one before.
final class PathIndex {
  static final PathIndex EMPTY =
      new PathIndex(HashTrie.empty(), TemplateTrie.EMPTY, HashTrie.empty(), Route.NONE, 0);

  private final HashTrie<Route[]> exact;
  private final TemplateTrie templates;
  private final HashTrie<Route[]> prefixes;

  /// Of the prefix of all paths, the only one that most hosts have.
  private final Route[] root;

  /// No prefix is longer. It does not fall when the longest goes: it only saves look-ups.
  private final int longestPrefix;

  private PathIndex(
      HashTrie<Route[]> exact,
      TemplateTrie templates,
      HashTrie<Route[]> prefixes,
      Route[] root,
      int longestPrefix) {
    this.exact = exact;
    this.templates = templates;
    this.prefixes = prefixes;
    this.root = root;
    this.longestPrefix = longestPrefix;
  }

  PathIndex with(Route route) {
    return with(route.path(), route::addedTo);
  }

  PathIndex without(Route route) {
    return with(route.path(), route::takenFrom);
  }

  private PathIndex with(PathMatch match, UnaryOperator<Route[]> change) {
    return switch (match) {
      case PathMatch.Exact(String path) ->
          new PathIndex(with(exact, path, change), templates, prefixes, root, longestPrefix);
      case PathMatch.Template(String path) ->
          new PathIndex(exact, templates.with(path, change), prefixes, root, longestPrefix);
      case PathMatch.Prefix(String path) -> withPrefix(withoutSlash(path), change);
    };
  }

  private PathIndex withPrefix(String prefix, UnaryOperator<Route[]> change) {
    return prefix.isEmpty()
        ? new PathIndex(exact, templates, prefixes, change.apply(root), longestPrefix)
        : new PathIndex(
            exact,
            templates,
            with(prefixes, prefix, change),
            root,
            Math.max(longestPrefix, prefix.length()));
  }

  private static HashTrie<Route[]> with(
      HashTrie<Route[]> places, String path, UnaryOperator<Route[]> change) {
    Route[] present = places.get(path);
    Route[] changed = change.apply(present == null ? Route.NONE : present);
    return changed.length == 0 ? places.without(path) : places.with(path, changed);
  }

  boolean isEmpty() {
    return exact.isEmpty() && templates.isEmpty() && prefixes.isEmpty() && root.length == 0;
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
}

package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Paths with variable segments, by segment. A literal segment goes before a variable one; the
/// search comes back to the variable when the literal leads nowhere. Not changed once built.
final class TemplateTrie {
  private final Map<String, TemplateTrie> literals = new HashMap<>();
  private @Nullable TemplateTrie variable;
  private Route @Nullable [] routes;

  private TemplateTrie() {}

  static TemplateTrie of(Map<String, Route[]> templates) {
    TemplateTrie root = new TemplateTrie();
    templates.forEach((template, routes) -> {
      TemplateTrie node = root;
      for (String segment : template.substring(1).split("/", -1)) {
        node = node.child(segment);
      }
      node.add(routes);
    });
    return root;
  }

  @Nullable Route find(String method, String path, HttpHeaders headers) {
    return literals.isEmpty() && variable == null ? null : find(method, path, 1, headers);
  }

  private @Nullable Route find(String method, String path, int from, HttpHeaders headers) {
    if (from > path.length()) {
      return PathIndex.first(routes, method, headers);
    }
    int slash = path.indexOf('/', from);
    int end = slash < 0 ? path.length() : slash;
    TemplateTrie literal = literals.get(path.substring(from, end));
    if (literal != null) {
      Route route = literal.find(method, path, end + 1, headers);
      if (route != null) {
        return route;
      }
    }
    // A variable stands for a segment that has something in it.
    return variable == null || end == from ? null : variable.find(method, path, end + 1, headers);
  }

  private TemplateTrie child(String segment) {
    if (segment.startsWith("{") && segment.endsWith("}")) {
      TemplateTrie child = variable == null ? new TemplateTrie() : variable;
      variable = child;
      return child;
    }
    return literals.computeIfAbsent(segment, key -> new TemplateTrie());
  }

  /// `/{a}` and `/{b}` are the same place.
  private void add(Route[] more) {
    routes =
        routes == null
            ? more
            : Stream.concat(Arrays.stream(routes), Arrays.stream(more))
                .sorted(Route.MOST_HEADERS_FIRST)
                .toArray(Route[]::new);
  }
}

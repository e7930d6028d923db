package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Paths with variable segments, by segment. A literal segment goes before a variable one; the
/// search comes back to the variable when the literal leads nowhere. Immutable.
final class TemplateTrie {
  static final TemplateTrie EMPTY = new TemplateTrie(HashTrie.empty(), null, Route.NONE);

  private final HashTrie<TemplateTrie> literals;
  private final @Nullable TemplateTrie variable;
  private final Route[] routes;

  private TemplateTrie(
      HashTrie<TemplateTrie> literals, @Nullable TemplateTrie variable, Route[] routes) {
    this.literals = literals;
    this.variable = variable;
    this.routes = routes;
  }

  /// `/{a}` and `/{b}` are the same place.
  TemplateTrie with(String template, UnaryOperator<Route[]> change) {
    return with(template.split("/", -1), 1, change);
  }

  private TemplateTrie with(String[] segments, int at, UnaryOperator<Route[]> change) {
    if (at == segments.length) {
      return new TemplateTrie(literals, variable, change.apply(routes));
    }
    String segment = segments[at];
    if (segment.startsWith("{") && segment.endsWith("}")) {
      TemplateTrie present = variable == null ? EMPTY : variable;
      TemplateTrie child = present.with(segments, at + 1, change);
      return new TemplateTrie(literals, child.isEmpty() ? null : child, routes);
    }
    TemplateTrie present = literals.get(segment);
    TemplateTrie child = (present == null ? EMPTY : present).with(segments, at + 1, change);
    return new TemplateTrie(
        child.isEmpty() ? literals.without(segment) : literals.with(segment, child),
        variable,
        routes);
  }

  boolean isEmpty() {
    return literals.isEmpty() && variable == null && routes.length == 0;
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
}

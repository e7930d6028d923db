package dev.ebb.dataplane;

/// Which paths a rule is for; the query string does not count.
public sealed interface PathMatch {
  record Exact(String path) implements PathMatch {}

  /// The path itself and everything below it, by whole segments: `/a` is for `/a` and `/a/b`, not
  /// for `/ab`. `/` is for every path.
  record Prefix(String path) implements PathMatch {}

  /// Segments in braces match one segment each: `/users/{id}`.
  record Template(String path) implements PathMatch {}
}

package dev.ebb.dataplane;

/// How a path changes on its way to the target.
public sealed interface PathRewrite {
  /// Takes the prefix away; what remains begins with a slash.
  record StripPrefix(String prefix) implements PathRewrite {}

  record Replace(String path) implements PathRewrite {}
}

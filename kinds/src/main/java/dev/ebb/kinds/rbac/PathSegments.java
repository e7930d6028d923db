package dev.ebb.kinds.rbac;

import java.util.Optional;

/// Names of roles and bindings: anything that can be one segment of a URL, `system:node` too.
final class PathSegments {
  private PathSegments() {}

  /// What is wrong with a name, in the words of Kubernetes.
  static Optional<String> check(String name) {
    if (name.equals(".") || name.equals("..")) {
      return Optional.of("may not be '" + name + "'");
    }
    for (String part : new String[] {"/", "%"}) {
      if (name.contains(part)) {
        return Optional.of("may not contain '" + part + "'");
      }
    }
    return Optional.empty();
  }
}

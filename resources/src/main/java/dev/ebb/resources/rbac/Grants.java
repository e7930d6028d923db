package dev.ebb.resources.rbac;

import java.util.List;
import java.util.stream.Stream;

/// Rules of the default roles, in short.
final class Grants {
  static final List<String> READ = List.of("get", "list", "watch");
  static final List<String> WRITE =
      List.of("create", "delete", "deletecollection", "patch", "update");
  static final List<String> READ_WRITE = Stream.concat(READ.stream(), WRITE.stream()).toList();
  static final List<String> CREATE = List.of("create");
  static final List<String> GET = List.of("get");

  private Grants() {}

  /// @param resources plurals, `pods/log` for a sub-resource
  static PolicyRule allow(String group, List<String> verbs, String... resources) {
    return new PolicyRule(verbs, List.of(group), List.of(resources), List.of(), List.of());
  }

  static PolicyRule allowPaths(List<String> verbs, String... urls) {
    return new PolicyRule(verbs, List.of(), List.of(), List.of(), List.of(urls));
  }
}

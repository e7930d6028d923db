package dev.ebb.apiserver;

import java.util.List;

/// The groups that every ServiceAccount is in.
final class ServiceAccountGroups {
  private static final String ALL = "system:serviceaccounts";

  private ServiceAccountGroups() {}

  /// But for `system:authenticated`.
  static List<String> of(String namespace) {
    return List.of(ALL, ALL + ":" + namespace);
  }
}

package dev.ebb.resources.rbac;

import java.util.List;
import java.util.Optional;

/// Decides by roles and bindings. Thread-safe; no call writes or waits.
public interface Authorizer {
  Decision authorize(AccessRequest request);

  /// @param namespace empty for what holds in all of them
  HeldRules rules(Subject subject, String namespace);

  /// @param namespace of a Role; ignored for a ClusterRole
  /// @return empty when there is no such role
  Optional<List<PolicyRule>> role(RoleRef role, String namespace);

  default boolean allows(AccessRequest request) {
    return authorize(request).allowed();
  }
}

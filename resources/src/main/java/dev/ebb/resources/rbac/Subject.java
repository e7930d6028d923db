package dev.ebb.resources.rbac;

import java.util.List;

/// A user with groups, as bindings know them. A ServiceAccount is the user
/// `system:serviceaccount:NAMESPACE:NAME`.
public record Subject(String name, List<String> groups) {
  /// Its members may do everything, whatever roles and bindings say.
  public static final String MASTERS = "system:masters";

  public Subject {
    groups = List.copyOf(groups);
  }

  public boolean isMaster() {
    return groups.contains(MASTERS);
  }

  public static String serviceAccount(String namespace, String name) {
    return "system:serviceaccount:" + namespace + ":" + name;
  }
}

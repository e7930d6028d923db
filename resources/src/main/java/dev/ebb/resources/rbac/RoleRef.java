package dev.ebb.resources.rbac;

import tools.jackson.databind.JsonNode;

/// The role that a binding names.
///
/// @param kind `Role` or `ClusterRole`
public record RoleRef(String kind, String name) {
  public static RoleRef read(JsonNode node) {
    return new RoleRef(node.path("kind").asString(""), node.path("name").asString(""));
  }

  boolean isCluster() {
    return kind.equals("ClusterRole");
  }
}

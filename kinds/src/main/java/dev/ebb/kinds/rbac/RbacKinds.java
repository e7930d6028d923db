package dev.ebb.kinds.rbac;

import static dev.ebb.kinds.PrinterColumn.AGE;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.Schema;
import java.util.List;

/// Roles say what may be done, bindings who may do it.
///
/// @see <a href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/">Using RBAC
///   Authorization</a>
public final class RbacKinds {
  public static final String GROUP = "rbac.authorization.k8s.io";
  public static final String API_VERSION = GROUP + "/v1";

  public static final KindDefinition ROLE =
      define("Role", "roles", Schema.lazy(RbacSchemas::role))
          .columns(RbacColumns.CREATED_AT)
          .rules(RoleRules.NAMESPACED)
          .build();

  public static final KindDefinition CLUSTER_ROLE =
      define("ClusterRole", "clusterroles", Schema.lazy(RbacSchemas::clusterRole))
          .clusterScoped()
          .columns(RbacColumns.CREATED_AT)
          .rules(RoleRules.CLUSTER)
          .build();

  public static final KindDefinition ROLE_BINDING =
      define("RoleBinding", "rolebindings", Schema.lazy(RbacSchemas::roleBinding))
          .columns(
              RbacColumns.ROLE,
              AGE,
              RbacColumns.USERS,
              RbacColumns.GROUPS,
              RbacColumns.SERVICE_ACCOUNTS)
          .rules(BindingRules.NAMESPACED)
          .build();

  public static final KindDefinition CLUSTER_ROLE_BINDING =
      define(
              "ClusterRoleBinding",
              "clusterrolebindings",
              Schema.lazy(RbacSchemas::clusterRoleBinding))
          .clusterScoped()
          .columns(
              RbacColumns.ROLE,
              AGE,
              RbacColumns.USERS,
              RbacColumns.GROUPS,
              RbacColumns.SERVICE_ACCOUNTS)
          .rules(BindingRules.CLUSTER)
          .build();

  public static final List<KindDefinition> ALL =
      List.of(CLUSTER_ROLE_BINDING, CLUSTER_ROLE, ROLE_BINDING, ROLE);

  private RbacKinds() {}

  private static KindDefinition.Builder define(String kind, String plural, Schema schema) {
    return KindDefinition.define(API_VERSION, kind, plural, schema).strategicMergePatch();
  }
}

package dev.ebb.kinds.rbac;

import dev.ebb.kinds.KindConversion;
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

  public static final KindDefinition ROLE = role("v1").build();
  public static final KindDefinition CLUSTER_ROLE = clusterRole("v1").build();
  public static final KindDefinition ROLE_BINDING = roleBinding("v1").build();
  public static final KindDefinition CLUSTER_ROLE_BINDING = clusterRoleBinding("v1").build();

  /// What Kubernetes took out in 1.22, and older manifests still name; it has the same fields.
  private static final String BETA = "v1beta1";

  public static final List<KindDefinition> ALL =
      List.of(
          CLUSTER_ROLE_BINDING,
          CLUSTER_ROLE,
          ROLE_BINDING,
          ROLE,
          beta(clusterRoleBinding(BETA), "ClusterRoleBinding"),
          beta(clusterRole(BETA), "ClusterRole"),
          beta(roleBinding(BETA), "RoleBinding"),
          beta(role(BETA), "Role"));

  private RbacKinds() {}

  private static KindDefinition.Builder role(String version) {
    return define(version, "Role", "roles", Schema.lazy(RbacSchemas::role))
        .columns(RbacColumns.CREATED_AT)
        .rules(RoleRules.NAMESPACED);
  }

  private static KindDefinition.Builder clusterRole(String version) {
    return define(version, "ClusterRole", "clusterroles", Schema.lazy(RbacSchemas::clusterRole))
        .clusterScoped()
        .columns(RbacColumns.CREATED_AT)
        .rules(RoleRules.CLUSTER);
  }

  private static KindDefinition.Builder roleBinding(String version) {
    return define(version, "RoleBinding", "rolebindings", Schema.lazy(RbacSchemas::roleBinding))
        .columns(RbacColumns.OF_BINDINGS)
        .rules(BindingRules.NAMESPACED);
  }

  private static KindDefinition.Builder clusterRoleBinding(String version) {
    return define(
            version,
            "ClusterRoleBinding",
            "clusterrolebindings",
            Schema.lazy(RbacSchemas::clusterRoleBinding))
        .clusterScoped()
        .columns(RbacColumns.OF_BINDINGS)
        .rules(BindingRules.CLUSTER);
  }

  private static KindDefinition beta(KindDefinition.Builder definition, String kind) {
    return definition
        .storedAs("v1", KindConversion.NONE)
        .deprecated(
            "%s/%s %s is deprecated in v1.17+, unavailable in v1.22+; use %s %s"
                .formatted(GROUP, BETA, kind, API_VERSION, kind))
        .build();
  }

  private static KindDefinition.Builder define(
      String version, String kind, String plural, Schema schema) {
    return KindDefinition.define(GROUP + "/" + version, kind, plural, schema).strategicMergePatch();
  }
}

package dev.ebb.resources.rbac;

import static dev.ebb.resources.rbac.Grants.CREATE;
import static dev.ebb.resources.rbac.Grants.GET;
import static dev.ebb.resources.rbac.Grants.allow;
import static dev.ebb.resources.rbac.Grants.allowPaths;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.rbac.RbacKinds;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The roles and bindings that every cluster has, as far as they mean something here: those of a
/// cluster's nodes and controllers are left out, for here they are no clients.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings">Default
///   roles and role bindings</a>
final class DefaultPolicy {
  /// Whoever sets it to `false` keeps a default role or binding as it is.
  static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

  private static final String AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-";
  private static final String BOOTSTRAPPING = "kubernetes.io/bootstrapping";
  private static final String AUTHENTICATED = "system:authenticated";

  private DefaultPolicy() {}

  static List<KubernetesObject> clusterRoles() {
    return List.of(
        role("cluster-admin", allow("*", List.of("*"), "*"), allowPaths(List.of("*"), "*")),
        part("system:aggregate-to-admin", "admin", NamespaceRoles.ADMIN),
        part("system:aggregate-to-edit", "edit", NamespaceRoles.EDIT),
        part("system:aggregate-to-view", "view", NamespaceRoles.VIEW),
        part("ebb:aggregate-to-admin", "admin", NamespaceRoles.SERVERLESS_ADMIN),
        part("ebb:aggregate-to-edit", "edit", NamespaceRoles.SERVERLESS_EDIT),
        part("ebb:aggregate-to-view", "view", NamespaceRoles.SERVERLESS_VIEW),
        part("system:aggregated-metrics-reader", "view", NamespaceRoles.METRICS),
        aggregated("view", Map.of(AGGREGATE_TO + "edit", "true")),
        aggregated("edit", Map.of(AGGREGATE_TO + "admin", "true")),
        aggregated("admin", Map.of()),
        role(
            "system:basic-user",
            allow(
                "authorization.k8s.io",
                CREATE,
                "selfsubjectaccessreviews",
                "selfsubjectrulesreviews"),
            allow("authentication.k8s.io", CREATE, "selfsubjectreviews")),
        role(
            "system:discovery",
            allowPaths(
                GET,
                "/api",
                "/api/*",
                "/apis",
                "/apis/*",
                "/healthz",
                "/livez",
                "/openapi",
                "/openapi/*",
                "/readyz",
                "/version",
                "/version/")),
        role(
            "system:public-info-viewer",
            allowPaths(GET, "/healthz", "/livez", "/readyz", "/version", "/version/")),
        role(
            "system:auth-delegator",
            allow("authentication.k8s.io", CREATE, "tokenreviews"),
            allow("authorization.k8s.io", CREATE, "subjectaccessreviews")),
        role(
            "system:service-account-issuer-discovery",
            allowPaths(GET, "/.well-known/openid-configuration", "/openid/v1/jwks")),
        role(
            "system:monitoring",
            allowPaths(
                GET,
                "/healthz",
                "/healthz/*",
                "/livez",
                "/livez/*",
                "/metrics",
                "/metrics/slis",
                "/readyz",
                "/readyz/*")));
  }

  static List<KubernetesObject> clusterRoleBindings() {
    return List.of(
        binding("cluster-admin", Subject.MASTERS),
        binding("system:basic-user", AUTHENTICATED),
        binding("system:discovery", AUTHENTICATED),
        binding("system:public-info-viewer", AUTHENTICATED, "system:unauthenticated"),
        binding("system:service-account-issuer-discovery", "system:serviceaccounts"),
        binding("system:monitoring", "system:monitoring"));
  }

  private static KubernetesObject role(String name, PolicyRule... rules) {
    return clusterRole(name, List.of(rules), Map.of());
  }

  private static KubernetesObject part(String name, String of, List<PolicyRule> rules) {
    return clusterRole(name, rules, Map.of(AGGREGATE_TO + of, "true"));
  }

  private static KubernetesObject aggregated(String name, Map<String, String> labels) {
    return clusterRole(name, List.of(), labels)
        .with(json -> {
          json.putObject("aggregationRule")
              .putArray("clusterRoleSelectors")
              .addObject()
              .putObject("matchLabels")
              .put(AGGREGATE_TO + name, "true");
        });
  }

  private static KubernetesObject clusterRole(
      String name, List<PolicyRule> rules, Map<String, String> labels) {
    return KubernetesObject.of(RbacKinds.CLUSTER_ROLE.type(), ObjectKey.clusterScoped(name))
        .with(json -> {
          metadata(json, labels);
          if (!rules.isEmpty()) {
            rules.forEach(rule -> json.withArray("rules").add(rule.json()));
          }
        });
  }

  private static KubernetesObject binding(String role, String... groups) {
    return KubernetesObject.of(RbacKinds.CLUSTER_ROLE_BINDING.type(), ObjectKey.clusterScoped(role))
        .with(json -> {
          metadata(json, Map.of());
          json.putObject("roleRef")
              .put("apiGroup", RbacKinds.GROUP)
              .put("kind", "ClusterRole")
              .put("name", role);
          for (String group : groups) {
            json.withArray("subjects")
                .addObject()
                .put("apiGroup", RbacKinds.GROUP)
                .put("kind", "Group")
                .put("name", group);
          }
        });
  }

  private static void metadata(ObjectNode json, Map<String, String> labels) {
    ObjectNode metadata = json.withObject("/metadata");
    metadata.putObject("annotations").put(AUTOUPDATE, "true");
    ObjectNode all = metadata.putObject("labels").put(BOOTSTRAPPING, "rbac-defaults");
    labels.forEach(all::put);
  }
}

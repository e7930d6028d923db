package dev.ebb.kinds.rbac;

import static dev.ebb.kinds.MetaSchemas.kind;
import static dev.ebb.kinds.SchemaBuilder.listOf;
import static dev.ebb.kinds.SchemaBuilder.mapOf;
import static dev.ebb.kinds.SchemaBuilder.object;
import static dev.ebb.kinds.SchemaBuilder.string;

import dev.ebb.kinds.SchemaBuilder;
import tools.jackson.databind.node.ObjectNode;

/// Schemas of roles and bindings. Every list in them is replaced as a whole.
final class RbacSchemas {
  private RbacSchemas() {}

  static ObjectNode role() {
    return kind("What may be done in one namespace.").field("rules", rules()).build();
  }

  static ObjectNode clusterRole() {
    return kind("What may be done in the cluster, or, bound by a RoleBinding, in a namespace.")
        .field("rules", rules())
        .field(
            "aggregationRule",
            object()
                .doc("How the rules are made of those of other ClusterRoles.")
                .field(
                    "clusterRoleSelectors",
                    listOf(labelSelector())
                        .atomic()
                        .doc("Which ClusterRoles: those that any of these finds.")))
        .build();
  }

  static ObjectNode roleBinding() {
    return binding("Gives what a role allows to its subjects, in one namespace.");
  }

  static ObjectNode clusterRoleBinding() {
    return binding("Gives what a ClusterRole allows to its subjects, everywhere.");
  }

  private static ObjectNode binding(String doc) {
    return kind(doc)
        .field(
            "subjects",
            listOf(
                    object()
                        .doc("A user, a group or a ServiceAccount.")
                        .field("apiGroup", string().doc("Empty for a ServiceAccount."))
                        .required("kind", string().doc("User, Group or ServiceAccount."))
                        .required("name", string().doc("Its name."))
                        .field("namespace", string().doc("Of a ServiceAccount.")))
                .nullable()
                .atomic()
                .doc("Who gets it."))
        .required(
            "roleRef",
            object()
                .doc("The role; it never changes.")
                .field("apiGroup", string().doc("rbac.authorization.k8s.io"))
                .required("kind", string().doc("Role or ClusterRole."))
                .required("name", string().doc("Its name."))
                .atomic())
        .build();
  }

  private static SchemaBuilder rules() {
    return listOf(
            object()
                .doc("What may be done with which resources, or with which paths.")
                .field("apiGroups", strings("Groups of the resources; \"\" is core, * any."))
                .field("resources", strings("Plurals, pods/log for a sub-resource, * for all."))
                .field("resourceNames", strings("Names of objects; none for all."))
                .field("nonResourceURLs", strings("Paths outside of resources; * at the end."))
                .required("verbs", strings("get, list, watch, create, ...; * for all.")))
        .nullable()
        .atomic()
        .doc("What is allowed.");
  }

  private static SchemaBuilder strings(String doc) {
    return listOf(string()).nullable().atomic().doc(doc);
  }

  private static SchemaBuilder labelSelector() {
    return object()
        .field("matchLabels", mapOf(string()).doc("Labels that must be there."))
        .field(
            "matchExpressions",
            listOf(
                    object()
                        .required("key", string())
                        .required("operator", string().doc("In, NotIn, Exists, DoesNotExist."))
                        .field("values", listOf(string()).atomic()))
                .atomic()
                .doc("Requirements, all of which must hold."))
        .atomic();
  }
}

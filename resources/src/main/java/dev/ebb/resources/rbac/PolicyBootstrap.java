package dev.ebb.resources.rbac;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Brings the default roles and bindings about at a start: makes those that are missing, and gives
/// back what was taken from the others. What was added to them stays, and so does whatever has the
/// annotation `rbac.authorization.kubernetes.io/autoupdate: "false"`.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation">Auto-reconciliation</a>
public final class PolicyBootstrap {
  private static final WriteOptions WRITER = WriteOptions.by("rbac-bootstrap");

  private PolicyBootstrap() {}

  public static void run(Resources resources) {
    for (KubernetesObject role : DefaultPolicy.clusterRoles()) {
      bring(resources, RbacKinds.CLUSTER_ROLE, role);
    }
    for (KubernetesObject binding : DefaultPolicy.clusterRoleBindings()) {
      bring(resources, RbacKinds.CLUSTER_ROLE_BINDING, binding);
    }
  }

  private static void bring(Resources resources, KindDefinition kind, KubernetesObject wanted) {
    Optional<KubernetesObject> present = resources.find(kind, wanted.key());
    if (present.isEmpty()) {
      create(resources, kind, wanted);
      return;
    }
    if (present.get().annotations().getOrDefault(DefaultPolicy.AUTOUPDATE, "").equals("false")) {
      return;
    }
    JsonNode role = wanted.json().path("roleRef");
    if (!role.equals(present.get().json().path("roleRef"))) {
      // What a binding binds cannot be changed.
      resources.delete(kind, wanted.key(), DeleteOptions.background());
      create(resources, kind, wanted);
      return;
    }
    KubernetesObject next = present.get().with(json -> complete(json, wanted.json()));
    if (!next.json().equals(present.get().json())) {
      resources.update(kind, next, WRITER);
    }
  }

  private static void create(Resources resources, KindDefinition kind, KubernetesObject wanted) {
    try {
      resources.create(kind, wanted, WRITER);
    } catch (ApiException e) {
      if (!e.isAlreadyExists()) {
        throw e;
      }
      // Somebody made it this moment; the next start looks at it.
    }
  }

  private static void complete(ObjectNode present, ObjectNode wanted) {
    for (String map : List.of("labels", "annotations")) {
      ObjectNode into = present.withObject("/metadata/" + map);
      wanted
          .path("metadata")
          .path(map)
          .properties()
          .forEach(entry -> into.set(entry.getKey(), entry.getValue()));
    }
    if (wanted.has("aggregationRule")) {
      present.set("aggregationRule", wanted.path("aggregationRule"));
    } else if (!wanted.path("rules").isEmpty()) {
      List<PolicyRule> missing =
          RuleCover.missing(PolicyRule.ofRole(present), PolicyRule.ofRole(wanted));
      ArrayNode rules = list(present, "rules");
      missing.forEach(rule -> rules.add(rule.json()));
    }
    if (wanted.has("subjects")) {
      ArrayNode subjects = list(present, "subjects");
      for (JsonNode subject : wanted.path("subjects")) {
        if (subjects.valueStream().noneMatch(subject::equals)) {
          subjects.add(subject);
        }
      }
    }
  }

  private static ArrayNode list(ObjectNode object, String field) {
    return object.path(field) instanceof ArrayNode array ? array : object.putArray(field);
  }
}

package dev.ebb.resources.rbac;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ApiStatus;
import dev.ebb.resources.JsonEquality;
import dev.ebb.resources.WriteCheck;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Nobody gives away more than they have: a role's rules must be held by its writer, unless the
/// verb `escalate` is, and so must the rules of a role that is bound, unless the verb `bind` is.
/// Looks at what a write would store, so a patch is judged by its outcome.
///
/// @see <a
///   href="https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping">Privilege
///   escalation prevention</a>
public final class Escalation implements WriteCheck {
  private static final List<PolicyRule> FULL_AUTHORITY =
      List.of(
          new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
          new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")));

  private final Authorizer authorizer;
  private final Subject writer;

  public Escalation(Authorizer authorizer, Subject writer) {
    this.authorizer = authorizer;
    this.writer = writer;
  }

  @Override
  public void check(
      KindDefinition kind, Optional<KubernetesObject> before, KubernetesObject after) {
    if (!kind.group().equals(RbacKinds.GROUP)
        || writer.isMaster()
        || before.filter(old -> sameBesidesCollection(old, after)).isPresent()) {
      return;
    }
    switch (kind.type().kind()) {
      case "Role", "ClusterRole" -> role(kind, before, after);
      case "RoleBinding", "ClusterRoleBinding" -> binding(kind, after);
      default -> {}
    }
  }

  private void role(KindDefinition kind, Optional<KubernetesObject> before, KubernetesObject role) {
    if (may("escalate", kind.plural(), role.namespace(), role.name())) {
      return;
    }
    requireHeld(kind, role, PolicyRule.ofRole(role.json()));
    boolean aggregates = isAggregated(role) || before.filter(Escalation::isAggregated).isPresent();
    if (aggregates && !missing(FULL_AUTHORITY, "").isEmpty()) {
      throw ApiException.forbidden(
          kind, role.name(), "must have cluster-admin privileges to use the aggregationRule");
    }
  }

  private void binding(KindDefinition kind, KubernetesObject binding) {
    RoleRef role = RoleRef.read(binding.json().path("roleRef"));
    String plural = role.isCluster() ? "clusterroles" : "roles";
    if (may("bind", plural, binding.namespace(), role.name())) {
      return;
    }
    Optional<List<PolicyRule>> rules = authorizer.role(role, binding.namespace());
    if (rules.isEmpty()) {
      throw new ApiException(
          new ApiStatus(
              404,
              "NotFound",
              Policy.notFound(role),
              RbacKinds.GROUP,
              role.isCluster() ? "clusterrole" : "role",
              role.name(),
              List.of()));
    }
    requireHeld(kind, binding, rules.get());
  }

  private boolean may(String verb, String plural, String namespace, String name) {
    return authorizer.allows(
        AccessRequest.toResource(writer, verb, RbacKinds.GROUP, plural, "", namespace, name));
  }

  private void requireHeld(KindDefinition kind, KubernetesObject object, List<PolicyRule> wanted) {
    List<PolicyRule> missing = missing(wanted, object.namespace());
    if (missing.isEmpty()) {
      return;
    }
    List<String> errors = authorizer.rules(writer, object.namespace()).errors();
    throw ApiException.forbidden(
        kind,
        object.name(),
        "user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:\n%s%s"
            .formatted(
                writer.name(),
                RuleCover.quoted(writer.groups()),
                RuleCover.describe(missing),
                errors.isEmpty() ? "" : "; resolution errors: [" + String.join(" ", errors) + "]"));
  }

  private List<PolicyRule> missing(List<PolicyRule> wanted, String namespace) {
    return RuleCover.missing(authorizer.rules(writer, namespace).rules(), wanted);
  }

  private static boolean isAggregated(KubernetesObject role) {
    return !role.json().path("aggregationRule").path("clusterRoleSelectors").isEmpty();
  }

  /// Whoever collects garbage only takes finalizers and owners away, and need not hold the rules.
  private static boolean sameBesidesCollection(KubernetesObject before, KubernetesObject after) {
    return JsonEquality.same(bare(before), bare(after));
  }

  private static ObjectNode bare(KubernetesObject object) {
    ObjectNode copy = object.json().deepCopy();
    copy.withObject("/metadata")
        .remove(List.of("resourceVersion", "managedFields", "finalizers", "ownerReferences"));
    return copy;
  }
}

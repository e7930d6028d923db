package dev.ebb.resources.rbac;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.rbac.RbacKinds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/// All roles and bindings, in memory. Reads take no lock, writes are made by one thread at a time.
///
/// A decision goes over the ClusterRoleBindings and over the bindings of one namespace, by name, as
/// in Kubernetes; there are tens of them, and each is compared by its subjects before its role is
/// looked at.
public final class Policy implements Authorizer {
  private static final String CLUSTER = "";

  private final Map<ObjectKey, List<PolicyRule>> roles = new ConcurrentHashMap<>();
  private final Map<String, List<Binding>> bindings = new ConcurrentHashMap<>();

  /// Takes in a new or changed role or binding; other kinds are passed over.
  public void put(KubernetesObject object) {
    switch (object.groupVersionKind().kind()) {
      case "Role", "ClusterRole" -> roles.put(object.key(), PolicyRule.ofRole(object.json()));
      case "RoleBinding", "ClusterRoleBinding" ->
          replace(object.namespace(), object.name(), Stream.of(Binding.read(object)));
      default -> {}
    }
  }

  /// Forgets a role or binding that was deleted.
  public void remove(KubernetesObject object) {
    switch (object.groupVersionKind().kind()) {
      case "Role", "ClusterRole" -> roles.remove(object.key());
      case "RoleBinding", "ClusterRoleBinding" ->
          replace(object.namespace(), object.name(), Stream.empty());
      default -> {}
    }
  }

  private void replace(String namespace, String name, Stream<Binding> next) {
    List<Binding> others = bindings.getOrDefault(namespace, List.of());
    List<Binding> all =
        Stream.concat(others.stream().filter(binding -> !binding.name().equals(name)), next)
            .sorted(Comparator.comparing(Binding::name))
            .toList();
    if (all.isEmpty()) {
      bindings.remove(namespace);
    } else {
      bindings.put(namespace, all);
    }
  }

  @Override
  public Decision authorize(AccessRequest request) {
    if (request.subject().isMaster()) {
      return new Decision(true, "");
    }
    List<String> errors = new ArrayList<>();
    String[] reason = {""};
    boolean denied =
        visit(
            request.subject(),
            request.namespace(),
            errors,
            (source, rule) -> {
              if (rule.allows(request)) {
                reason[0] = "RBAC: allowed by " + source;
                return false;
              }
              return true;
            });
    return denied
        ? new Decision(false, errors.isEmpty() ? "" : "RBAC: " + aggregate(errors))
        : new Decision(true, reason[0]);
  }

  @Override
  public HeldRules rules(Subject subject, String namespace) {
    List<PolicyRule> rules = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    visit(subject, namespace, errors, (source, rule) -> rules.add(rule));
    return new HeldRules(rules, errors);
  }

  @Override
  public Optional<List<PolicyRule>> role(RoleRef role, String namespace) {
    return Optional.ofNullable(
        roles.get(new ObjectKey(role.isCluster() ? CLUSTER : namespace, role.name())));
  }

  /// How Kubernetes writes several errors as one.
  static String aggregate(List<String> errors) {
    List<String> distinct = errors.stream().distinct().toList();
    return distinct.size() == 1 ? distinct.getFirst() : "[" + String.join(", ", distinct) + "]";
  }

  static String notFound(RoleRef role) {
    return "%s.%s \"%s\" not found"
        .formatted(role.isCluster() ? "clusterrole" : "role", RbacKinds.GROUP, role.name());
  }

  /// Goes over the rules that somebody holds, with what each comes from.
  ///
  /// @param visitor returns false to stop
  /// @return whether it went to the end
  private boolean visit(
      Subject subject,
      String namespace,
      List<String> errors,
      BiPredicate<String, PolicyRule> visitor) {
    if (!visit(subject, bindings.getOrDefault(CLUSTER, List.of()), errors, visitor)) {
      return false;
    }
    return namespace.isEmpty()
        || visit(subject, bindings.getOrDefault(namespace, List.of()), errors, visitor);
  }

  private boolean visit(
      Subject subject,
      List<Binding> candidates,
      List<String> errors,
      BiPredicate<String, PolicyRule> visitor) {
    for (Binding binding : candidates) {
      Optional<Binding.Bound> bound = binding.find(subject);
      if (bound.isEmpty()) {
        continue;
      }
      Optional<List<PolicyRule>> rules = role(binding.role(), binding.namespace());
      if (rules.isEmpty()) {
        errors.add(notFound(binding.role()));
        continue;
      }
      for (PolicyRule rule : rules.get()) {
        if (!visitor.test(binding.describe(bound.get()), rule)) {
          return false;
        }
      }
    }
    return true;
  }
}

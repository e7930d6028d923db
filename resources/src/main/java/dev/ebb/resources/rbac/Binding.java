package dev.ebb.resources.rbac;

import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A RoleBinding or a ClusterRoleBinding.
///
/// @param namespace empty for a ClusterRoleBinding
record Binding(String namespace, String name, RoleRef role, List<Bound> subjects) {
  /// One entry of `subjects`.
  ///
  /// @param user what a user's name must be for it; empty for a group
  /// @param group empty for a user or a ServiceAccount
  /// @param description as in the reason of a decision: `ServiceAccount "ci/default"`
  record Bound(String user, String group, String description) {
    boolean is(Subject subject) {
      return group.isEmpty() ? user.equals(subject.name()) : subject.groups().contains(group);
    }
  }

  static Binding read(KubernetesObject binding) {
    List<Bound> subjects = new ArrayList<>();
    for (JsonNode subject : binding.json().path("subjects")) {
      bound(subject, binding.namespace()).ifPresent(subjects::add);
    }
    return new Binding(
        binding.namespace(),
        binding.name(),
        RoleRef.read(binding.json().path("roleRef")),
        List.copyOf(subjects));
  }

  Optional<Bound> find(Subject subject) {
    return subjects.stream().filter(bound -> bound.is(subject)).findFirst();
  }

  /// `RoleBinding "view/default" of ClusterRole "view" to User "jane"`.
  String describe(Bound bound) {
    return namespace.isEmpty()
        ? "ClusterRoleBinding \"%s\" of %s \"%s\" to %s"
            .formatted(name, role.kind(), role.name(), bound.description())
        : "RoleBinding \"%s/%s\" of %s \"%s\" to %s"
            .formatted(name, namespace, role.kind(), role.name(), bound.description());
  }

  private static Optional<Bound> bound(JsonNode subject, String bindingNamespace) {
    String kind = subject.path("kind").asString("");
    String name = subject.path("name").asString("");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    return switch (kind) {
      case "User" -> Optional.of(new Bound(name, "", "User \"" + name + "\""));
      case "Group" -> Optional.of(new Bound("", name, "Group \"" + name + "\""));
      case "ServiceAccount" -> {
        String own = subject.path("namespace").asString("");
        String namespace = own.isEmpty() ? bindingNamespace : own;
        yield namespace.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Bound(
                    Subject.serviceAccount(namespace, name),
                    "",
                    "ServiceAccount \"%s/%s\"".formatted(name, namespace)));
      }
      default -> Optional.empty();
    };
  }
}

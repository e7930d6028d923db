package dev.ebb.kinds.rbac;

import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// The columns of `kubectl get` for roles and bindings.
final class RbacColumns {
  static final PrinterColumn CREATED_AT =
      computed(
          "Created At",
          "string",
          "When the role was made.",
          0,
          (role, now) -> role.metadata().path("creationTimestamp"));

  private static final PrinterColumn ROLE =
      computed(
          "Role",
          "string",
          "The role that is bound.",
          0,
          (binding, now) -> {
            JsonNode role = binding.json().path("roleRef");
            return StringNode.valueOf(
                role.path("kind").asString("") + "/" + role.path("name").asString(""));
          });

  private static final PrinterColumn USERS = subjects("Users", "User", RbacColumns::name);
  private static final PrinterColumn GROUPS = subjects("Groups", "Group", RbacColumns::name);
  private static final PrinterColumn SERVICE_ACCOUNTS =
      subjects(
          "ServiceAccounts",
          "ServiceAccount",
          subject -> subject.path("namespace").asString("") + "/" + name(subject));

  static final PrinterColumn[] OF_BINDINGS = {
    ROLE, PrinterColumn.AGE, USERS, GROUPS, SERVICE_ACCOUNTS
  };

  private RbacColumns() {}

  private static PrinterColumn subjects(
      String column, String kind, Function<JsonNode, String> text) {
    return computed(
        column,
        "string",
        column + " in the binding.",
        1,
        (binding, now) -> StringNode.valueOf(join(binding, kind, text)));
  }

  private static String join(
      KubernetesObject binding, String kind, Function<JsonNode, String> text) {
    return binding
        .json()
        .path("subjects")
        .valueStream()
        .filter(subject -> subject.path("kind").asString("").equals(kind))
        .map(text)
        .collect(Collectors.joining(", "));
  }

  private static String name(JsonNode subject) {
    return subject.path("name").asString("");
  }
}

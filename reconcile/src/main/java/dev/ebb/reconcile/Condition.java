package dev.ebb.reconcile;

import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// One entry of `status.conditions`, as others read it.
///
/// @param reason in CamelCase for programs, may be empty
/// @param message for people, may be empty
public record Condition(String type, Status status, String reason, String message) {
  public static final String READY = "Ready";

  public enum Status {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String word;

    Status(String word) {
      this.word = word;
    }

    /// As the API spells it.
    public String word() {
      return word;
    }

    static Status of(String word) {
      return switch (word) {
        case "True" -> TRUE;
        case "False" -> FALSE;
        default -> UNKNOWN;
      };
    }
  }

  public static Optional<Condition> of(KubernetesObject object, String type) {
    return of(object.status(), type);
  }

  public static Optional<Condition> of(JsonNode status, String type) {
    for (JsonNode node : status.path("conditions")) {
      if (node.path("type").asString("").equals(type)) {
        return Optional.of(
            new Condition(
                type,
                Status.of(node.path("status").asString("")),
                node.path("reason").asString(""),
                node.path("message").asString("")));
      }
    }
    return Optional.empty();
  }

  /// The `Ready` condition of an object that is up to date with its spec; Unknown when it has none
  /// yet.
  public static Condition ready(KubernetesObject object) {
    return of(object, READY).orElse(new Condition(READY, Status.UNKNOWN, "", ""));
  }

  public boolean isTrue() {
    return status == Status.TRUE;
  }

  public boolean isFalse() {
    return status == Status.FALSE;
  }
}

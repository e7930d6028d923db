package dev.ebb.resources.local;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.JsonEquality;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `serving.knative.dev/creator` and `lastModifier`, which Knative's webhook keeps: who made a
/// Service, Configuration or Route, and who changed its spec last. An object with an owner has them
/// from its owner.
final class UserAnnotations {
  private static final String GROUP = "serving.knative.dev";
  private static final String CREATOR = GROUP + "/creator";
  private static final String LAST_MODIFIER = GROUP + "/lastModifier";
  private static final Set<String> KINDS =
      Set.of("Service", "Configuration", "Route", "DomainMapping");

  private UserAnnotations() {}

  /// @return what the user wrote there and must not; what is absent is put back
  static List<FieldError> set(
      KindDefinition kind, ObjectNode json, Optional<KubernetesObject> previous, String user) {
    JsonNode metadata = json.path("metadata");
    if (!kind.group().equals(GROUP)
        || !KINDS.contains(kind.type().kind())
        || !metadata.path("ownerReferences").isEmpty()
        || user.isEmpty()) {
      return List.of();
    }
    if (previous.isEmpty()) {
      json.withObject("/metadata/annotations").put(CREATOR, user).put(LAST_MODIFIER, user);
      return List.of();
    }
    KubernetesObject before = previous.get();
    List<FieldError> errors = new ArrayList<>();
    keep(CREATOR, before, json)
        .ifPresent(other ->
            errors.add(
                FieldError.forbidden(path(CREATOR), "Forbidden: annotation value is immutable")
                    .saying("annotation value is immutable")));
    if (!JsonEquality.same(before.spec(), json.path("spec"))) {
      json.withObject("/metadata/annotations").put(LAST_MODIFIER, user);
    } else {
      keep(LAST_MODIFIER, before, json)
          .ifPresent(other ->
              errors.add(
                  FieldError.invalid(path(LAST_MODIFIER), other, "the spec did not change")));
    }
    return errors;
  }

  /// @return another value than before
  private static Optional<String> keep(String key, KubernetesObject before, ObjectNode json) {
    String value = before.annotations().getOrDefault(key, "");
    String now = json.path("metadata").path("annotations").path(key).asString(value);
    if (!value.isEmpty()) {
      json.withObject("/metadata/annotations").put(key, value);
    }
    return Optional.of(now).filter(other -> !other.equals(value));
  }

  private static String path(String key) {
    return "metadata.annotations[" + key + "]";
  }
}

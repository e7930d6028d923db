package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.JsonEquality;
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

  static void set(
      KindDefinition kind, ObjectNode json, Optional<KubernetesObject> previous, String user) {
    JsonNode metadata = json.path("metadata");
    if (!kind.group().equals(GROUP)
        || !KINDS.contains(kind.type().kind())
        || !metadata.path("ownerReferences").isEmpty()
        || user.isEmpty()) {
      return;
    }
    if (previous.isEmpty()) {
      json.withObject("/metadata/annotations").put(CREATOR, user).put(LAST_MODIFIER, user);
      return;
    }
    KubernetesObject before = previous.get();
    String creator = before.annotations().getOrDefault(CREATOR, "");
    if (!creator.isEmpty()) {
      json.withObject("/metadata/annotations").put(CREATOR, creator);
    }
    boolean changed = !JsonEquality.same(before.spec(), json.path("spec"));
    String modifier = changed ? user : before.annotations().getOrDefault(LAST_MODIFIER, "");
    if (!modifier.isEmpty()) {
      json.withObject("/metadata/annotations").put(LAST_MODIFIER, modifier);
    }
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Volumes of the cluster and claims on them: new ones wait.
final class VolumeRules extends SpecRules {
  static final VolumeRules VOLUME = new VolumeRules(/* claim= */ false);
  static final VolumeRules CLAIM = new VolumeRules(/* claim= */ true);

  private final boolean claim;

  private VolumeRules(boolean claim) {
    this.claim = claim;
  }

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    if (!object.path("status").has("phase")) {
      object.withObjectProperty("status").put("phase", "Pending");
    }
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    if (spec.path("accessModes").isEmpty()) {
      errors.add(
          FieldError.required(
              "spec.accessModes", REQUIRED + ": at least 1 access mode is required"));
    }
    if (!claim && spec.path("capacity").isEmpty()) {
      errors.add(FieldError.required("spec.capacity", REQUIRED));
    }
    if (claim && !spec.path("resources").path("requests").has("storage")) {
      errors.add(FieldError.required("spec.resources[storage]", REQUIRED));
    }
    boolean frozen =
        previous.isPresent()
            && claim
            && !SameJson.same(
                frozen(spec, previous.get()), frozen(previous.get().spec(), previous.get()));
    if (frozen) {
      errors.add(
          FieldError.forbidden(
              "spec",
              "Forbidden: spec is immutable after creation except resources.requests and"
                  + " volumeAttributesClassName for bound claims"));
    }
  }

  private static JsonNode frozen(JsonNode spec, KubernetesObject previous) {
    ObjectNode copy = (ObjectNode) spec.deepCopy();
    // Who binds the claim names the volume.
    copy.remove(List.of("resources", "volumeAttributesClassName", "volumeName"));
    if (!previous.spec().has("storageClassName")) {
      copy.remove("storageClassName"); // nor did the claim say of which class
    }
    return copy;
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods: a new one is Pending, and of one that exists only little can change.
final class PodRules extends SpecRules {
  static final PodRules RULES = new PodRules();

  private static final List<String> CHANGEABLE =
      List.of(
          "activeDeadlineSeconds",
          "terminationGracePeriodSeconds",
          "tolerations",
          "schedulingGates",
          "nodeName",
          "ephemeralContainers");

  private PodRules() {}

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    PodSpecDefaults.apply(spec);
    if (!spec.has("enableServiceLinks")) {
      spec.put("enableServiceLinks", true);
    }
    // Clients rely on a phase from the first event of a watch on.
    if (previous.isEmpty() && !object.path("status").has("phase")) {
      object
          .withObjectProperty("status")
          .put("phase", "Pending")
          .put("qosClass", PodQuality.of(spec));
    }
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    errors.addAll(PodSpecValidation.validate("spec", object.spec()));
    if (previous.isPresent()
        && !SameJson.same(frozen(object.spec()), frozen(previous.get().spec()))) {
      errors.add(
          FieldError.forbidden(
              "spec",
              "Forbidden: pod updates may not change fields other than"
                  + " `spec.containers[*].image`, `spec.initContainers[*].image`,"
                  + " `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing"
                  + " tolerations), `spec.terminationGracePeriodSeconds` (allow it to be set to 1"
                  + " if it was previously negative)"));
    }
  }

  private static JsonNode frozen(JsonNode spec) {
    ObjectNode copy = (ObjectNode) spec.deepCopy();
    copy.remove(CHANGEABLE);
    for (String list : new String[] {"initContainers", "containers"}) {
      for (JsonNode container : copy.path(list)) {
        if (container instanceof ObjectNode object) {
          object.remove("image");
        }
      }
    }
    return copy;
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// ReplicationControllers choose by plain labels, by default those of their template.
final class ReplicationControllerRules extends SpecRules {
  static final ReplicationControllerRules RULES = new ReplicationControllerRules();

  private ReplicationControllerRules() {}

  @Override
  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    if (spec.path("selector").isEmpty() && labels.isObject()) {
      spec.set("selector", labels.deepCopy());
    }
    PodSpecDefaults.apply(spec.path("template").path("spec"));
  }

  @Override
  void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
    JsonNode spec = object.spec();
    notNegative(spec, "replicas", errors);
    notNegative(spec, "minReadySeconds", errors);
    JsonNode selector = spec.path("selector");
    if (selector.isEmpty()) {
      errors.add(FieldError.required("spec.selector", REQUIRED));
    }
    if (!spec.path("template").isObject()) {
      errors.add(FieldError.required("spec.template", REQUIRED));
      return;
    }
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    for (Map.Entry<String, JsonNode> wanted : selector.properties()) {
      if (!wanted.getValue().equals(labels.path(wanted.getKey()))) {
        errors.add(
            FieldError.invalid(
                "spec.template.metadata.labels",
                labels.isObject() ? labels : "null",
                "`selector` does not match template `labels`"));
        break;
      }
    }
    WorkloadRules.template("spec.template", spec.path("template"), List.of("Always"), errors);
  }
}

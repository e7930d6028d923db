package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HorizontalPodAutoscalers and PodDisruptionBudgets.
final class ScalingRules {
  static final SpecRules AUTOSCALER = new Autoscaler();
  static final SpecRules AUTOSCALER_V1 = new AutoscalerLimits();
  static final SpecRules DISRUPTION_BUDGET = new DisruptionBudget();

  /// The CPU in percent that is aimed at where no metric is said.
  private static final int CPU_TARGET = 80;

  private ScalingRules() {}

  private static final class Autoscaler extends AutoscalerLimits {
    @Override
    void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {
      if (spec.path("metrics").isEmpty()) {
        ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
        ObjectNode resource = metric.putObject("resource").put("name", "cpu");
        resource
            .putObject("target")
            .put("type", "Utilization")
            .put("averageUtilization", CPU_TARGET);
      }
    }
  }

  private static class AutoscalerLimits extends SpecRules {
    @Override
    void validate(
        KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
      JsonNode spec = object.spec();
      long least = spec.path("minReplicas").asLong(1);
      long most = spec.path("maxReplicas").asLong(0);
      atLeast(spec, "minReplicas", 1, errors);
      if (most < 1) {
        errors.add(FieldError.invalid("spec.maxReplicas", most, "must be greater than 0"));
      } else if (most < least) {
        errors.add(
            FieldError.invalid(
                "spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
      }
      for (String field : new String[] {"kind", "name"}) {
        if (spec.path("scaleTargetRef").path(field).asString("").isEmpty()) {
          errors.add(FieldError.required("spec.scaleTargetRef." + field, REQUIRED));
        }
      }
    }
  }

  private static final class DisruptionBudget extends SpecRules {
    @Override
    void validate(
        KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors) {
      JsonNode spec = object.spec();
      if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
        errors.add(
            FieldError.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
      }
      SelectorRules.validate("spec.selector", spec.path("selector"), errors);
    }
  }
}

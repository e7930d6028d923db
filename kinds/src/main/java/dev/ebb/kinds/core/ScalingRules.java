package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// PodDisruptionBudgets; HorizontalPodAutoscalers have [AutoscalerRules].
final class ScalingRules {
  static final SpecRules DISRUPTION_BUDGET = new DisruptionBudget();

  private ScalingRules() {}

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

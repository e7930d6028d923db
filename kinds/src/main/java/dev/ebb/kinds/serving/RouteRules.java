package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A Route: traffic alone.
enum RouteRules implements KindRules {
  RULES;

  @Override
  public Optional<String> webhook() {
    return ServingKinds.WEBHOOK;
  }

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    TrafficDefaults.complete(object);
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(TemplateValidation.metadata(object));
    errors.addAll(TemplateValidation.withoutAutoscaling(object));
    errors.addAll(TemplateValidation.rolloutDuration(object));
    errors.addAll(TemplateValidation.sessionAffinity(object));
    if (previous.filter(p -> SameJson.same(p.spec(), object.spec())).isEmpty()) {
      errors.addAll(TrafficValidation.validate(object.spec().path("traffic"), false));
    }
    return errors;
  }
}

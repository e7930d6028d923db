package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A Service: a template and its traffic. Its name becomes part of a host name.
record ServiceRules(ConfigSource config) implements KindRules {
  static final ServiceRules RULES = new ServiceRules(ConfigSource.NONE);

  @Override
  public KindRules under(ConfigSource other) {
    return new ServiceRules(other);
  }

  @Override
  public Optional<String> webhook() {
    return ServingKinds.WEBHOOK;
  }

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    TemplateDefaults.apply(object, previous, config);
    TrafficDefaults.toLatest(object);
    TrafficDefaults.complete(object);
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(TemplateValidation.metadata(object));
    errors.addAll(TemplateValidation.withoutAutoscaling(object));
    errors.addAll(TemplateValidation.rolloutDuration(object));
    errors.addAll(TemplateValidation.sessionAffinity(object));
    // What was once accepted stays so: a status is written even if the rules became stricter.
    if (previous.filter(p -> SameJson.same(p.spec(), object.spec())).isEmpty()) {
      errors.addAll(TemplateValidation.validate(object, previous, config));
      errors.addAll(TrafficValidation.validate(object.spec().path("traffic"), true));
    }
    return errors;
  }
}

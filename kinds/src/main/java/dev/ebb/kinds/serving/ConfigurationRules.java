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

/// A Configuration: a template alone.
record ConfigurationRules(ConfigSource config) implements KindRules {
  static final ConfigurationRules RULES = new ConfigurationRules(ConfigSource.NONE);

  @Override
  public KindRules under(ConfigSource other) {
    return new ConfigurationRules(other);
  }

  @Override
  public Optional<String> webhook() {
    return ServingKinds.WEBHOOK;
  }

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    TemplateDefaults.apply(object, previous, config);
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(TemplateValidation.metadata(object));
    errors.addAll(TemplateValidation.withoutAutoscaling(object));
    if (previous.filter(p -> SameJson.same(p.spec(), object.spec())).isEmpty()) {
      errors.addAll(TemplateValidation.validate(object, previous, config));
    }
    return errors;
  }
}

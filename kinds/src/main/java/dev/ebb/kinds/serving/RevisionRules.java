package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import dev.ebb.kinds.settings.ScalingDefaults;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A Revision: its spec never changes, not even by a default of a newer server.
record RevisionRules(ConfigSource config) implements KindRules {
  static final RevisionRules RULES = new RevisionRules(ConfigSource.NONE);

  @Override
  public KindRules under(ConfigSource other) {
    return new RevisionRules(other);
  }

  @Override
  public Optional<String> webhook() {
    return ServingKinds.WEBHOOK;
  }

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    JsonNode spec = object.path("spec");
    if (previous.isEmpty() && spec instanceof ObjectNode present) {
      RevisionSpecDefaults.apply(present, object, config);
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(TemplateValidation.metadata(object));
    // What was accepted under other settings stays: labels are written on it all its life.
    if (previous.filter(p -> p.annotations().equals(object.annotations())).isEmpty()) {
      errors.addAll(
          AutoscalingAnnotations.validate(
              "metadata.annotations", object.annotations(), ScalingDefaults.now(config)));
    }
    if (previous.isEmpty()) {
      RevisionSpecValidation.validate(object.spec(), config)
          .forEach(error -> errors.add(error.under("spec")));
    } else if (!SameJson.same(previous.get().spec(), object.spec())) {
      errors.add(
          changed(
              "spec",
              "Immutable fields changed (-old +new)",
              JsonChanges.tell(previous.get().spec(), object.spec())));
    }
    return errors;
  }

  private static FieldError changed(String field, String what, String changes) {
    return FieldError.forbidden(field, "Forbidden: %s: %s".formatted(what, changes))
        .saying(what, changes);
  }
}

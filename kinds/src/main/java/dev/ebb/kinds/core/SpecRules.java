package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.SameJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Rules of a kind with a `spec`. What is not changed is not looked at again, so that an object of
/// before a rule keeps its status and its finalizers.
abstract class SpecRules implements KindRules {
  static final String REQUIRED = "Required value";
  static final String IMMUTABLE = "field is immutable";

  @Override
  public final void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (object.path("spec") instanceof ObjectNode spec) {
      defaults(object, spec, previous);
    }
  }

  @Override
  public final List<FieldError> validate(
      KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(ObjectMetaRules.validate(object, this::nameError));
    if (previous.isEmpty() || !SameJson.same(object.spec(), previous.get().spec())) {
      validate(object, previous, errors);
    }
    return errors;
  }

  Optional<String> nameError(String name) {
    return Names.dns1123Subdomain(name);
  }

  void defaults(ObjectNode object, ObjectNode spec, Optional<KubernetesObject> previous) {}

  abstract void validate(
      KubernetesObject object, Optional<KubernetesObject> previous, List<FieldError> errors);

  static void notNegative(JsonNode spec, String field, List<FieldError> errors) {
    atLeast(spec, field, 0, errors);
  }

  static void atLeast(JsonNode spec, String field, int least, List<FieldError> errors) {
    JsonNode value = spec.path(field);
    if (value.isNumber() && value.asLong(0) < least) {
      errors.add(
          FieldError.invalid(
              "spec." + field, value.asLong(0), "must be greater than or equal to " + least));
    }
  }

  static void immutable(
      KubernetesObject object,
      Optional<KubernetesObject> previous,
      String field,
      List<FieldError> errors) {
    JsonNode value = object.spec().path(field);
    if (previous.isPresent() && !SameJson.same(value, previous.get().spec().path(field))) {
      errors.add(FieldError.invalid("spec." + field, value, IMMUTABLE));
    }
  }
}

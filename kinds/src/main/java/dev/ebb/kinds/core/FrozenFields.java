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

/// A kind of which some fields at the top are never changed.
///
/// @param message of the refusal
record FrozenFields(List<String> fields, boolean forbidden, String message) implements KindRules {
  static FrozenFields invalid(String... fields) {
    return new FrozenFields(List.of(fields), /* forbidden= */ false, "field is immutable");
  }

  static FrozenFields forbidden(String message, String... fields) {
    return new FrozenFields(List.of(fields), /* forbidden= */ true, message);
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1123Subdomain));
    previous.ifPresent(before -> {
      for (String field : fields) {
        JsonNode value = object.json().path(field);
        if (!SameJson.same(value, before.json().path(field))) {
          errors.add(
              forbidden
                  ? FieldError.forbidden(field, "Forbidden: " + message)
                  : FieldError.invalid(field, value, message));
        }
      }
    });
    return errors;
  }
}

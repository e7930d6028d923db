package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keys and size of a ConfigMap; no key stands both as text and in base64.
enum ConfigMapRules implements KindRules {
  RULES;

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(DataRules.validate(object, previous, "data", "binaryData"));
    errors.addAll(DataRules.base64(object, "binaryData"));
    for (var entry : object.json().path("binaryData").properties()) {
      if (object.json().path("data").has(entry.getKey())) {
        errors.add(FieldError.duplicate("binaryData", entry.getKey()));
      }
    }
    return errors;
  }
}

package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A Secret's `stringData` is a convenience for writers: it is moved into `data`. Its type never
/// changes. No message shows a value.
enum SecretRules implements KindRules {
  RULES;

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    if (object.path("type").asString("").isEmpty()) {
      object.put("type", "Opaque");
    }
    JsonNode text = object.path("stringData");
    if (text.isObject() && text.valueStream().allMatch(JsonNode::isString)) {
      text.properties()
          .forEach(entry -> {
            byte[] bytes = entry.getValue().asString().getBytes(StandardCharsets.UTF_8);
            object
                .withObjectProperty("data")
                .put(entry.getKey(), Base64.getEncoder().encodeToString(bytes));
          });
      object.remove("stringData");
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors = new ArrayList<>(DataRules.validate(object, previous, "data"));
    errors.addAll(DataRules.base64(object, "data"));
    errors.addAll(SecretTypes.validate(object));
    String type = object.json().path("type").asString("");
    if (previous.isPresent() && !previous.get().json().path("type").asString("").equals(type)) {
      errors.add(FieldError.invalid("type", type, "field is immutable"));
    }
    return errors;
  }
}

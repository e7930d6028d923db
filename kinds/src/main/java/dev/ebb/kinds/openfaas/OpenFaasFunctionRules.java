package dev.ebb.kinds.openfaas;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import dev.ebb.kinds.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A Function of OpenFaaS: one name, an image, labels and amounts that its Service can have.
enum OpenFaasFunctionRules implements KindRules {
  RULES;

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    List<FieldError> errors =
        new ArrayList<>(ObjectMetaRules.validate(object, Names::dns1035Label));
    JsonNode spec = object.spec();
    String name = spec.path("name").asString("");
    if (!name.equals(object.name())) {
      errors.add(
          FieldError.invalid(
              "spec.name", name, "must be metadata.name, \"%s\"".formatted(object.name())));
    }
    if (spec.path("image").asString("").isEmpty()) {
      errors.add(FieldError.required("spec.image", "Required value: must not be empty"));
    }
    errors.addAll(ObjectMetaRules.labels("spec.labels", strings(spec.path("labels"))));
    errors.addAll(
        ObjectMetaRules.annotations("spec.annotations", strings(spec.path("annotations"))));
    for (String field : List.of("limits", "requests")) {
      for (Map.Entry<String, JsonNode> amount : spec.path(field).properties()) {
        String text = amount.getValue().asString("");
        // faas-cli writes the empty string for what a stack file does not say.
        if (!text.isEmpty() && Quantity.parse(text).isEmpty()) {
          errors.add(
              FieldError.invalid(
                  "spec.%s.%s".formatted(field, amount.getKey()),
                  text,
                  "must be a quantity such as 128Mi or 100m"));
        }
      }
    }
    return errors;
  }

  private static Map<String, String> strings(JsonNode map) {
    Map<String, String> strings = new LinkedHashMap<>();
    map.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asString("")));
    return strings;
  }
}

package dev.ebb.kinds.serving;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.core.CoreKinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `config-features` may permit of a revision's spec goes to its Pods as it is, so it must be
/// what Pods have: the schema and the rules of Pods decide.
final class PodFieldValidation {
  private static final String SPEC = "spec.";

  private PodFieldValidation() {}

  static List<FieldError> validate(JsonNode spec) {
    ObjectNode pod = JsonNodeFactory.instance.objectNode();
    pod.putObject("metadata").put("name", "pod").put("namespace", "default");
    ObjectNode fields = pod.putObject("spec");
    for (String field : FeatureValidation.POD_FIELDS) {
      if (spec.has(field)) {
        fields.set(field, spec.path(field).deepCopy());
      }
    }
    if (fields.isEmpty()) {
      return List.of();
    }
    fields.putArray("containers").addObject().put("name", "c").put("image", "i");
    List<FieldError> errors = new ArrayList<>(CoreKinds.POD.schema().validate(pod));
    if (errors.isEmpty()) {
      CoreKinds.POD.schema().prune(pod);
      CoreKinds.POD.rules().applyDefaults(pod, Optional.empty());
      errors.addAll(CoreKinds.POD.rules().validate(new KubernetesObject(pod), Optional.empty()));
    }
    return errors.stream()
        .filter(error -> error.field().startsWith(SPEC))
        .map(error -> error.at(error.field().substring(SPEC.length())))
        .toList();
  }
}

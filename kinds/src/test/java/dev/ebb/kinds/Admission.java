package dev.ebb.kinds;

import dev.ebb.kinds.yaml.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a write does with an object, for tests of a kind's rules.
public final class Admission {
  private Admission() {}

  public static KubernetesObject defaulted(KindDefinition kind, String yaml) {
    return defaulted(kind, yaml, Optional.empty());
  }

  public static KubernetesObject defaulted(
      KindDefinition kind, String yaml, Optional<KubernetesObject> previous) {
    ObjectNode object = (ObjectNode) YamlReader.readAll(yaml).getFirst();
    kind.schema().applyDefaults(object);
    kind.rules().applyDefaults(object, previous);
    return new KubernetesObject(object);
  }

  public static List<String> errors(KindDefinition kind, String yaml) {
    return errors(kind, yaml, Optional.empty());
  }

  /// As `field: message`, in the order in which they are found.
  public static List<String> errors(
      KindDefinition kind, String yaml, Optional<KubernetesObject> previous) {
    KubernetesObject object = defaulted(kind, yaml, previous);
    List<FieldError> errors = new ArrayList<>(kind.schema().validate(object.json()));
    if (errors.isEmpty()) {
      errors.addAll(kind.rules().validate(object, previous));
    }
    return errors.stream().map(error -> error.field() + ": " + error.message()).toList();
  }
}

package dev.ebb.kinds;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What the schema of a kind cannot say: rules across fields, and defaults that depend on others.
public interface KindRules {
  /// A kind whose schema says everything.
  KindRules NONE = new KindRules() {};

  /// These rules as ConfigMaps make them; for those that nothing can be set for, themselves.
  default KindRules under(ConfigSource config) {
    return this;
  }

  /// Fills in what the user left out, after the schema's static defaults. Must be idempotent.
  ///
  /// @param previous the stored object on an update
  default void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {}

  /// The paths of fields that the schema lets pass and nobody knows, for strict decoding.
  default List<String> unknownFields(ObjectNode object) {
    return List.of();
  }

  /// What the writer should be told of an object that is taken, for the header `Warning`.
  ///
  /// @param previous the stored object on an update
  default List<String> warnings(KubernetesObject object, Optional<KubernetesObject> previous) {
    return List.of();
  }

  /// Who refuses on a cluster what these rules find wrong, where that is a webhook and not the API
  /// itself: a refusal is then in its words, see [Denial].
  default Optional<String> webhook() {
    return Optional.empty();
  }

  /// Called after the schema's own validation found nothing.
  ///
  /// @param previous the stored object on an update; for immutable fields
  default List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    return List.of();
  }
}

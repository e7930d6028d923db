package dev.ebb.kinds.core;

import dev.ebb.kinds.FieldError;
import dev.ebb.kinds.KindRules;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.Names;
import dev.ebb.kinds.ObjectMetaRules;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A Namespace's name is one label of a domain name, and selectors find it by a label.
enum NamespaceRules implements KindRules {
  RULES;

  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  @Override
  public void applyDefaults(ObjectNode object, Optional<KubernetesObject> previous) {
    String name = object.path("metadata").path("name").asString("");
    if (!name.isEmpty()) {
      object.withObject("/metadata/labels").put(NAME_LABEL, name);
    }
    if (!object.path("status").has("phase")) {
      object.withObject("/status").put("phase", "Active");
    }
  }

  @Override
  public List<FieldError> validate(KubernetesObject object, Optional<KubernetesObject> previous) {
    return ObjectMetaRules.validate(object, Names::dns1123Label);
  }
}

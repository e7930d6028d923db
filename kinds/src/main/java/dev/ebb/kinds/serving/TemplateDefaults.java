package dev.ebb.kinds.serving;

import dev.ebb.kinds.ConfigSource;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.SameJson;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Defaults of `spec.template`, which Services and Configurations have.
final class TemplateDefaults {
  private TemplateDefaults() {}

  static void apply(ObjectNode object, Optional<KubernetesObject> previous, ConfigSource config) {
    JsonNode template = object.path("spec").path("template");
    boolean unchanged =
        previous.filter(p -> SameJson.same(p.spec().path("template"), template)).isPresent();
    // What was stored stays as it is: a new default makes no new Revision.
    if (!unchanged && template.path("spec") instanceof ObjectNode spec) {
      RevisionSpecDefaults.apply(spec, object, config);
    }
  }

  static String name(JsonNode template) {
    return template.path("metadata").path("name").asString("");
  }
}

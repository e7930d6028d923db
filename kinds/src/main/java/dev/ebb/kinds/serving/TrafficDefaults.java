package dev.ebb.kinds.serving;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Defaults of `spec.traffic`. Clients of Knative dereference `latestRevision` and `percent`, so
/// both always stand there.
final class TrafficDefaults {
  private TrafficDefaults() {}

  /// A Service without traffic sends all of it to its latest revision.
  static void toLatest(ObjectNode object) {
    JsonNode traffic = object.path("spec").path("traffic");
    if (object.path("spec").isObject() && (traffic.isMissingNode() || traffic.isEmpty())) {
      object
          .withObjectProperty("spec")
          .putArray("traffic")
          .addObject()
          .put("latestRevision", true)
          .put("percent", 100);
    }
  }

  static void complete(ObjectNode object) {
    for (JsonNode node : object.path("spec").path("traffic")) {
      if (node instanceof ObjectNode target) {
        if (!target.has("latestRevision")) {
          target.put("latestRevision", target.path("revisionName").asString("").isEmpty());
        }
        if (!target.has("percent")) {
          target.put("percent", 0);
        }
      }
    }
  }
}

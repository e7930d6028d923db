package dev.ebb.kinds.core;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Defaults of a Pod's specification that depend on other fields; the schema has the others.
final class PodSpecDefaults {
  private PodSpecDefaults() {}

  static void apply(JsonNode json) {
    if (!(json instanceof ObjectNode spec)) {
      return;
    }
    String account = spec.path("serviceAccountName").asString("");
    String oldName = spec.path("serviceAccount").asString("");
    if (account.isEmpty() && !oldName.isEmpty()) {
      spec.put("serviceAccountName", oldName);
    } else if (!account.isEmpty() && oldName.isEmpty()) {
      spec.put("serviceAccount", account);
    }
    for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
      spec.path(list).forEach(PodSpecDefaults::container);
    }
    for (JsonNode each : spec.path("volumes")) {
      if (each instanceof ObjectNode volume && volume.size() == 1 && volume.has("name")) {
        volume.putObject("emptyDir");
      }
    }
  }

  private static void container(JsonNode json) {
    if (!(json instanceof ObjectNode container)) {
      return;
    }
    if (!container.has("imagePullPolicy")) {
      String image = container.path("image").asString("");
      container.put("imagePullPolicy", isLatest(image) ? "Always" : "IfNotPresent");
    }
    if (container.path("resources").path("limits") instanceof ObjectNode limits) {
      for (Map.Entry<String, JsonNode> limit : limits.properties()) {
        ObjectNode requests =
            container.withObjectProperty("resources").withObjectProperty("requests");
        if (!requests.has(limit.getKey())) {
          requests.set(limit.getKey(), limit.getValue());
        }
      }
    }
  }

  private static boolean isLatest(String image) {
    if (image.contains("@")) {
      return false;
    }
    String name = image.substring(image.lastIndexOf('/') + 1);
    return !name.contains(":") || name.endsWith(":latest");
  }
}

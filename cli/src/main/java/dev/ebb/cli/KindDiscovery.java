package dev.ebb.cli;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KubernetesObject;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Finds out from the server under which path the objects of a kind stand. Asks once per group.
final class KindDiscovery {
  private final ApiClient api;
  private final Map<String, JsonNode> resources = new HashMap<>();

  KindDiscovery(ApiClient api) {
    this.api = api;
  }

  ResourcePath path(KubernetesObject object, String defaultNamespace) {
    GroupVersionKind type = object.groupVersionKind();
    JsonNode list = resources.computeIfAbsent(type.apiVersion(), version -> fetch(type));
    for (JsonNode resource : list.path("resources")) {
      boolean main = resource.path("name").asString("").indexOf('/') < 0;
      if (main && resource.path("kind").asString("").equals(type.kind())) {
        boolean namespaced = resource.path("namespaced").asBoolean(false);
        String namespace = object.namespace().isEmpty() ? defaultNamespace : object.namespace();
        return new ResourcePath(
            type.group(),
            type.version(),
            resource.path("name").asString(""),
            namespaced ? namespace : "",
            object.name());
      }
    }
    throw unknown(type);
  }

  private JsonNode fetch(GroupVersionKind type) {
    try {
      return api.get((type.group().isEmpty() ? "/api/" : "/apis/") + type.apiVersion());
    } catch (ApiClient.Refused refused) {
      if (refused.code() == 404) {
        throw unknown(type);
      }
      throw refused;
    }
  }

  private static CliException unknown(GroupVersionKind type) {
    return new CliException(
        "this server has no kind \"%s\" in version \"%s\""
            .formatted(type.kind(), type.apiVersion()));
  }
}

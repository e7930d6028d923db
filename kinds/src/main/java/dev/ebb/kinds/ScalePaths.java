package dev.ebb.kinds;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Where an object has what a Scale shows, as simple JSONPaths: `.spec.replicas`.
///
/// @param labelSelector empty for none
public record ScalePaths(String specReplicas, String statusReplicas, String labelSelector) {
  /// What is at a path; a missing node for nothing, or for no path.
  public static JsonNode at(KubernetesObject object, String path) {
    if (path.isEmpty()) {
      return MissingNode.getInstance();
    }
    JsonNode node = object.json();
    for (String name : path.substring(1).split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }
}

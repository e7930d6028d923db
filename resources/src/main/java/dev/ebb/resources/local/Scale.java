package dev.ebb.resources.local;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The `/scale` view of workloads: an `autoscaling/v1` Scale.
public final class Scale {
  public static final GroupVersionKind TYPE = new GroupVersionKind("autoscaling", "v1", "Scale");

  private static final Set<String> KINDS =
      Set.of("deployments.apps", "replicasets.apps", "statefulsets.apps", "replicationcontrollers");

  private Scale() {}

  public static boolean isServedBy(KindDefinition kind) {
    return KINDS.contains(kind.qualifiedPlural());
  }

  /// How many replicas the object has and should have.
  public static KubernetesObject view(KubernetesObject object) {
    KubernetesObject scale = KubernetesObject.of(TYPE, object.key());
    ObjectNode json = scale.json();
    for (String field : Set.of("uid", "resourceVersion", "creationTimestamp")) {
      JsonNode value = object.metadata().path(field);
      if (!value.isMissingNode()) {
        json.withObject("/metadata").set(field, value);
      }
    }
    json.putObject("spec").put("replicas", object.spec().path("replicas").asInt(1));
    json.putObject("status")
        .put("replicas", object.status().path("replicas").asInt(0))
        .put("selector", selector(object.spec().path("selector").path("matchLabels")));
    return scale;
  }

  private static String selector(JsonNode matchLabels) {
    return matchLabels.properties().stream()
        .map(label -> label.getKey() + "=" + label.getValue().asString(""))
        .sorted()
        .collect(Collectors.joining(","));
  }

  /// The object with the replicas of a Scale.
  static ObjectNode replicas(
      KindDefinition kind, KubernetesObject current, KubernetesObject scale) {
    JsonNode replicas = scale.spec().path("replicas");
    if (!replicas.isMissingNode() && !replicas.isIntegralNumber()) {
      throw ApiException.badRequest(
          "Scale of %s \"%s\": spec.replicas must be an integer"
              .formatted(kind.qualifiedPlural(), current.name()));
    }
    ObjectNode json = current.json().deepCopy();
    json.withObject("/spec").put("replicas", replicas.asInt(0));
    return json;
  }
}

package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.StatusWriter;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The ReplicaSet of one template of a Deployment. Pure.
public final class ReplicaSetResources {
  /// Counts the templates of a Deployment, for `kubectl rollout history` and `undo`.
  public static final String REVISION = "deployment.kubernetes.io/revision";

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private ReplicaSetResources() {}

  static KubernetesObject replicaSet(
      KubernetesObject deployment, int replicas, long revision, int collisions) {
    JsonNode template = deployment.spec().path("template");
    String hash = PodTemplateHash.of(template, collisions);
    KubernetesObject set =
        KubernetesObject.of(
                AppsKinds.REPLICA_SET.type(),
                new ObjectKey(deployment.namespace(), deployment.name() + "-" + hash))
            .with(json -> {
              ObjectNode spec = json.putObject("spec");
              spec.put("replicas", replicas);
              if (deployment.spec().has("minReadySeconds")) {
                spec.set("minReadySeconds", deployment.spec().path("minReadySeconds"));
              }
              spec.set("selector", deployment.spec().path("selector").deepCopy());
              spec.withObject("/selector/matchLabels").put(PodTemplateHash.LABEL, hash);
              spec.set("template", template.deepCopy());
              spec.withObject("/template/metadata/labels").put(PodTemplateHash.LABEL, hash);
            });
    Map<String, String> labels = new TreeMap<>(strings(template.path("metadata").path("labels")));
    labels.put(PodTemplateHash.LABEL, hash);
    return Children.ownedBy(deployment, set, labels, annotations(deployment, revision));
  }

  static Map<String, String> annotations(KubernetesObject deployment, long revision) {
    Map<String, String> annotations = new TreeMap<>(deployment.annotations());
    annotations.remove(LAST_APPLIED);
    annotations.put(REVISION, Long.toString(revision));
    return annotations;
  }

  /// Whether the ReplicaSet was made from the template that the Deployment has now.
  static boolean hasTemplateOf(KubernetesObject deployment, KubernetesObject set) {
    return StatusWriter.same(
        withoutHash(set.spec().path("template")), withoutHash(deployment.spec().path("template")));
  }

  static long revision(KubernetesObject object) {
    try {
      return Long.parseLong(object.annotations().getOrDefault(REVISION, "0"));
    } catch (NumberFormatException written) {
      return 0; // a user wrote something else there; counting begins again
    }
  }

  private static JsonNode withoutHash(JsonNode template) {
    JsonNode copy = template.deepCopy();
    if (copy instanceof ObjectNode object
        && object.path("metadata").path("labels") instanceof ObjectNode labels) {
      labels.remove(PodTemplateHash.LABEL);
    }
    return copy;
  }

  private static Map<String, String> strings(JsonNode node) {
    Map<String, String> map = new TreeMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asString("")));
    return map;
  }
}

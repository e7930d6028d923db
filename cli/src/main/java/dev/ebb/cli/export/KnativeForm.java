package dev.ebb.cli.export;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A Service as one would write it: without what a server adds. Pure.
public final class KnativeForm {
  /// The whole traffic for the latest revision: what a Service without `traffic` has.
  private static final String ALL_TO_LATEST = "[{\"latestRevision\":true,\"percent\":100}]";

  private KnativeForm() {}

  public static ObjectNode of(KubernetesObject service) {
    ObjectNode manifest =
        KubernetesObject.of(service.groupVersionKind(), service.key()).json().deepCopy();
    ObjectNode metadata = manifest.withObject("/metadata");
    put(metadata, "labels", service.labels());
    put(metadata, "annotations", withoutServers(service.annotations()));
    ObjectNode spec = ((ObjectNode) service.spec()).deepCopy();
    if (isAllToLatest(spec)) {
      spec.remove("traffic");
    }
    if (spec.at("/template/metadata") instanceof ObjectNode template) {
      template.remove("creationTimestamp");
      if (template.path("annotations") instanceof ObjectNode annotations) {
        annotations.remove(OpenFaasForm.DEPLOYED_AT);
        if (annotations.isEmpty()) {
          template.remove("annotations");
        }
      }
    }
    manifest.set("spec", spec);
    return manifest;
  }

  static boolean isAllToLatest(JsonNode spec) {
    return spec.path("traffic") instanceof ArrayNode traffic
        && traffic.toString().equals(ALL_TO_LATEST);
  }

  /// Without those that servers and kubectl write for themselves.
  static Map<String, String> withoutServers(Map<String, String> annotations) {
    annotations
        .keySet()
        .removeIf(name ->
            List.of("serving.knative.dev/", "kubectl.kubernetes.io/").stream()
                .anyMatch(name::startsWith));
    return annotations;
  }

  private static void put(ObjectNode json, String field, Map<String, String> values) {
    if (!values.isEmpty()) {
      values.forEach(json.putObject(field)::put);
    }
  }
}

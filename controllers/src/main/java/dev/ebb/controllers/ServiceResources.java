package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a Service consists of: a Configuration and a Route of the same name. Pure.
final class ServiceResources {
  private ServiceResources() {}

  /// @param present what there is now: it knows which Routes lead to it, beside the Service's own
  static KubernetesObject configuration(
      KubernetesObject service, Optional<KubernetesObject> present) {
    Map<String, String> labels = labels(service);
    labels.put(Labels.SERVICE_UID, service.uid());
    KubernetesObject configuration =
        KubernetesObject.of(ServingKinds.CONFIGURATION.type(), service.key())
            .with(json ->
                json.putObject("spec").set("template", service.spec().path("template").deepCopy()));
    Map<String, String> annotations = annotations(service);
    Labels.ROLLOUT_DURATION.forEach(annotations::remove);
    annotations.put(
        Labels.ROUTES,
        present.map(it -> it.annotations().get(Labels.ROUTES)).orElse(service.name()));
    return Children.ownedBy(service, configuration, labels, annotations);
  }

  static KubernetesObject route(KubernetesObject service) {
    KubernetesObject route =
        KubernetesObject.of(ServingKinds.ROUTE.type(), service.key())
            .with(json -> {
              ArrayNode traffic = json.putObject("spec").putArray("traffic");
              for (JsonNode target : service.spec().path("traffic")) {
                traffic.add(target(service, target.deepCopy()));
              }
              if (traffic.isEmpty()) {
                ObjectNode latest = traffic.addObject().put("latestRevision", true);
                latest.put("percent", 100).put("configurationName", service.name());
              }
            });
    return Children.ownedBy(service, route, labels(service), annotations(service));
  }

  private static JsonNode target(KubernetesObject service, JsonNode target) {
    if (target instanceof ObjectNode node && target.path("revisionName").asString("").isEmpty()) {
      node.put("configurationName", service.name());
    }
    return target;
  }

  private static Map<String, String> labels(KubernetesObject service) {
    Map<String, String> labels = new HashMap<>(service.labels());
    labels.put(Labels.SERVICE, service.name());
    return labels;
  }

  private static Map<String, String> annotations(KubernetesObject service) {
    Map<String, String> annotations = new HashMap<>(service.annotations());
    annotations.remove(Labels.LAST_APPLIED);
    return annotations;
  }
}

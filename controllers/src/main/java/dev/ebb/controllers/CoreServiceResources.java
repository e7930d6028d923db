package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The core Services that Knative's users see beside their own. Pure.
///
/// They show names, they are not how requests travel: instances listen on unix sockets and the
/// gateway routes by host. So none has an address of its own, which `kubectl get` shows as `None`.
final class CoreServiceResources {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /// Of a container that names no port (Knative's runtime contract).
  private static final int DEFAULT_USER_PORT = 8080;

  private CoreServiceResources() {}

  static KubernetesObject ofRevision(KubernetesObject revision) {
    KubernetesObject service =
        service(
            revision.key(),
            spec -> {
              headless(spec, "http", HTTP, userPort(revision));
              spec.putObject("selector").put(Labels.REVISION_UID, revision.uid());
            });
    return Children.ownedBy(revision, service, PodResources.labels(revision), Map.of());
  }

  /// Aliases of the names at which the gateway answers for the Route and for each of its tags.
  static List<KubernetesObject> ofRoute(KubernetesObject route, DomainSettings domain) {
    List<KubernetesObject> services = new ArrayList<>();
    services.add(alias(route, route.key(), domain));
    for (JsonNode target : route.status().path("traffic")) {
      String tag = target.path("tag").asString("");
      if (!tag.isEmpty()) {
        services.add(alias(route, domain.tagged(route.key(), tag), domain));
      }
    }
    return services;
  }

  private static KubernetesObject alias(
      KubernetesObject route, ObjectKey name, DomainSettings domain) {
    KubernetesObject service =
        service(
            name,
            spec -> {
              spec.put("type", "ExternalName");
              spec.put(
                  "externalName", domain.publicHost(name, route.labels(), route.annotations()));
              port(spec, "http", HTTP, HTTP);
            });
    Map<String, String> labels = new HashMap<>(route.labels());
    labels.remove(Labels.VISIBILITY);
    labels.put(Labels.ROUTE, route.name());
    Map<String, String> annotations = new HashMap<>(route.annotations());
    annotations.remove(Labels.LAST_APPLIED);
    return Children.ownedBy(route, service, labels, annotations);
  }

  /// The API server's own, which clients look for.
  static KubernetesObject kubernetes() {
    return service(
            new ObjectKey("default", "kubernetes"), spec -> headless(spec, "https", HTTPS, HTTPS))
        .with(json ->
            json.withObject("/metadata/labels")
                .put("component", "apiserver")
                .put("provider", "kubernetes"));
  }

  private static KubernetesObject service(ObjectKey key, Consumer<ObjectNode> spec) {
    return KubernetesObject.of(CoreKinds.SERVICE.type(), key)
        .with(json -> spec.accept(json.putObject("spec")));
  }

  /// The port of the Pods; `kubectl port-forward svc/REVISION` goes there.
  private static int userPort(KubernetesObject revision) {
    JsonNode port = revision.spec().path("containers").path(0).path("ports").path(0);
    return port.path("containerPort").asInt(DEFAULT_USER_PORT);
  }

  private static void headless(ObjectNode spec, String name, int port, int target) {
    spec.put("type", "ClusterIP").put("clusterIP", "None");
    spec.putArray("clusterIPs").add("None");
    port(spec, name, port, target);
  }

  private static void port(ObjectNode spec, String name, int port, int target) {
    spec.put("sessionAffinity", "None");
    spec.putArray("ports")
        .addObject()
        .put("name", name)
        .put("port", port)
        .put("protocol", "TCP")
        .put("targetPort", target);
  }
}

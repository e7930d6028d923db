package dev.ebb.controllers;

import dev.ebb.images.FunctionImage;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The Service that a Function becomes. Pure.
final class FunctionResources {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private FunctionResources() {}

  static KubernetesObject service(KubernetesObject function, String digest) {
    JsonNode spec = function.spec();
    KubernetesObject service =
        KubernetesObject.of(ServingKinds.SERVICE.type(), function.key())
            .with(json -> {
              ObjectNode template = json.putObject("spec").putObject("template");
              annotate(template, spec.path("scaling"));
              template.withObject("/metadata/labels").put(Labels.FUNCTION, function.name());
              ObjectNode revision = template.putObject("spec");
              copy(spec, "concurrency", revision, "containerConcurrency");
              copy(spec, "timeoutSeconds", revision, "timeoutSeconds");
              ObjectNode container = revision.putArray("containers").addObject();
              container.put("name", "user-container");
              container.put(
                  "image",
                  new FunctionImage(function.namespace(), function.name(), digest).toString());
              copy(spec, "env", container, "env");
              copy(spec, "envFrom", container, "envFrom");
              copy(spec, "resources", container, "resources");
            });
    Map<String, String> labels = new HashMap<>(function.labels());
    labels.put(Labels.FUNCTION, function.name());
    Map<String, String> annotations = new HashMap<>(function.annotations());
    annotations.remove(LAST_APPLIED);
    return Children.ownedBy(function, service, labels, annotations);
  }

  private static void annotate(ObjectNode template, JsonNode scaling) {
    Map.of(
            "min", "min-scale",
            "max", "max-scale",
            "initial", "initial-scale",
            "target", "target",
            "window", "window")
        .forEach((field, annotation) -> {
          if (scaling.has(field)) {
            template
                .withObject("/metadata/annotations")
                .put("autoscaling.knative.dev/" + annotation, scaling.path(field).asString());
          }
        });
  }

  private static void copy(JsonNode from, String field, ObjectNode to, String name) {
    if (from.has(field)) {
      to.set(name, from.path(field).deepCopy());
    }
  }
}

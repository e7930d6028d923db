package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.PrinterColumn.computed;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.Instant;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/// Columns of Deployments and ReplicaSets, by the rules of `kubectl get`.
final class WorkloadColumns {
  private static final PrinterColumn CONTAINERS = each("Containers", "name");
  private static final PrinterColumn IMAGES = each("Images", "image");
  private static final PrinterColumn SELECTOR =
      computed("Selector", "string", "Which Pods belong to it.", 1, WorkloadColumns::selector);

  static final PrinterColumn[] DEPLOYMENT = {
    computed("Ready", "string", "Ready replicas of those wanted.", 0, WorkloadColumns::ready),
    status("Up-to-date", "updatedReplicas"),
    status("Available", "availableReplicas"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR
  };

  static final PrinterColumn[] REPLICA_SET = {
    computed("Desired", "integer", "", 0, (object, now) -> IntNode.valueOf(wanted(object))),
    status("Current", "replicas"),
    status("Ready", "readyReplicas"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR
  };

  private WorkloadColumns() {}

  private static PrinterColumn status(String name, String field) {
    return computed(
        name,
        "integer",
        "",
        0,
        (object, now) -> IntNode.valueOf(object.status().path(field).asInt(0)));
  }

  private static PrinterColumn each(String name, String field) {
    return computed(
        name,
        "string",
        "",
        1,
        (object, now) ->
            StringNode.valueOf(
                object
                    .spec()
                    .path("template")
                    .path("spec")
                    .path("containers")
                    .valueStream()
                    .map(container -> container.path(field).asString(""))
                    .collect(Collectors.joining(","))));
  }

  private static JsonNode ready(KubernetesObject object, Instant now) {
    return StringNode.valueOf(
        object.status().path("readyReplicas").asInt(0) + "/" + wanted(object));
  }

  private static int wanted(KubernetesObject object) {
    return object.spec().path("replicas").asInt(0);
  }

  private static JsonNode selector(KubernetesObject object, Instant now) {
    return StringNode.valueOf(
        ServiceColumns.equalities(object.spec().path("selector").path("matchLabels")));
  }
}

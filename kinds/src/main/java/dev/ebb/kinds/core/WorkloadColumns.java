package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.PrinterColumn.computed;
import static dev.ebb.kinds.core.Columns.number;
import static dev.ebb.kinds.core.Columns.text;
import static dev.ebb.kinds.core.Columns.wide;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.PrinterColumn;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.IntNode;

/// Columns of what makes Pods, by the rules of `kubectl get`.
final class WorkloadColumns {
  private static final PrinterColumn CONTAINERS =
      wide("Containers", object -> each(template(object), "name"));
  private static final PrinterColumn IMAGES =
      wide("Images", object -> each(template(object), "image"));
  private static final PrinterColumn SELECTOR =
      wide("Selector", object -> SelectorText.of(object.spec().path("selector")));
  private static final PrinterColumn DESIRED =
      computed("Desired", "integer", "", 0, (object, now) -> IntNode.valueOf(wanted(object)));
  private static final PrinterColumn READY =
      text(
          "Ready", object -> object.status().path("readyReplicas").asInt(0) + "/" + wanted(object));

  static final PrinterColumn[] DEPLOYMENT = {
    READY,
    number("Up-to-date", "status.updatedReplicas"),
    number("Available", "status.availableReplicas"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR
  };

  static final PrinterColumn[] REPLICA_SET = {
    DESIRED,
    number("Current", "status.replicas"),
    number("Ready", "status.readyReplicas"),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR
  };

  static final PrinterColumn[] REPLICATION_CONTROLLER = {
    DESIRED,
    number("Current", "status.replicas"),
    number("Ready", "status.readyReplicas"),
    AGE,
    CONTAINERS,
    IMAGES,
    wide("Selector", object -> ServiceColumns.equalities(object.spec().path("selector")))
  };

  static final PrinterColumn[] STATEFUL_SET = {READY, AGE, CONTAINERS, IMAGES};

  static final PrinterColumn[] DAEMON_SET = {
    number("Desired", "status.desiredNumberScheduled"),
    number("Current", "status.currentNumberScheduled"),
    number("Ready", "status.numberReady"),
    number("Up-to-date", "status.updatedNumberScheduled"),
    number("Available", "status.numberAvailable"),
    text(
        "Node Selector",
        object ->
            ServiceColumns.equalities(
                object.spec().path("template").path("spec").path("nodeSelector"))),
    AGE,
    CONTAINERS,
    IMAGES,
    SELECTOR
  };

  static final PrinterColumn[] CONTROLLER_REVISION = {
    text(
        "Controller",
        object -> object.controller().map(WorkloadColumns::owner).orElse(Columns.NONE)),
    number("Revision", "revision"),
    AGE
  };

  static final PrinterColumn[] POD_TEMPLATE = {
    text("Containers", object -> each(object.json().path("template"), "name")),
    text("Images", object -> each(object.json().path("template"), "image")),
    text(
        "Pod Labels",
        object ->
            ServiceColumns.equalities(
                object.json().path("template").path("metadata").path("labels")))
  };

  private WorkloadColumns() {}

  /// A field of each container of a Pod's template.
  static String each(JsonNode template, String field) {
    return template
        .path("spec")
        .path("containers")
        .valueStream()
        .map(container -> container.path(field).asString(""))
        .collect(Collectors.joining(","));
  }

  private static JsonNode template(KubernetesObject object) {
    return object.spec().path("template");
  }

  private static int wanted(KubernetesObject object) {
    return object.spec().path("replicas").asInt(0);
  }

  /// `statefulset.apps/web`.
  private static String owner(OwnerReference owner) {
    String version = owner.apiVersion();
    int slash = version.indexOf('/');
    String group = slash < 0 ? "" : "." + version.substring(0, slash);
    return owner.kind().toLowerCase(Locale.ROOT) + group + "/" + owner.name();
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a Service tells of its Configuration and Route. Pure. The messages are those that `kn`'s
/// users know.
final class ServiceStatus {
  private static final String CONFIGURATIONS_READY = "ConfigurationsReady";
  private static final String ROUTES_READY = "RoutesReady";

  private ServiceStatus() {}

  /// @param route empty before it is made
  static ObjectNode plan(
      ObjectNode status,
      KubernetesObject service,
      Child configuration,
      Optional<Child> route,
      Instant now) {
    // Of two that failed, Ready tells the first.
    Conditions conditions =
        isNameTaken(configuration)
            ? new Conditions(status, now, ROUTES_READY, CONFIGURATIONS_READY)
            : new Conditions(status, now, CONFIGURATIONS_READY, ROUTES_READY);
    status.put("observedGeneration", service.generation());
    switch (configuration) {
      case Child.Foreign _ ->
          conditions.markFalse(
              CONFIGURATIONS_READY,
              "NotOwned",
              "There is an existing Configuration \"%s\" that we do not own."
                  .formatted(service.name()));
      case Child.Owned(KubernetesObject object) -> {
        if (isBehind(object)) {
          conditions.markUnknown(
              CONFIGURATIONS_READY,
              "OutOfDate",
              "The Configuration is still working to reflect the latest desired specification.");
        } else {
          propagate(conditions, CONFIGURATIONS_READY, Condition.ready(object));
        }
        copy(object.status(), status, "latestCreatedRevisionName");
        copy(object.status(), status, "latestReadyRevisionName");
      }
    }
    route.ifPresent(child -> addRoute(conditions, status, service, child));
    if (isNameTaken(configuration)) {
      conditions.markFalse(
          ROUTES_READY,
          "RevisionNameTaken",
          ("The revision name \"%s\" is taken by a conflicting Revision, so traffic will not be"
                  + " migrated")
              .formatted(service.spec().at("/template/metadata/name").asString("")));
    }
    conditions.write();
    return status;
  }

  private static void addRoute(
      Conditions conditions, ObjectNode status, KubernetesObject service, Child route) {
    switch (route) {
      case Child.Foreign _ ->
          conditions.markFalse(
              ROUTES_READY,
              "NotOwned",
              "There is an existing Route \"%s\" that we do not own.".formatted(service.name()));
      case Child.Owned(KubernetesObject object) -> {
        if (isBehind(object)) {
          conditions.markUnknown(
              ROUTES_READY,
              "OutOfDate",
              "The Route is still working to reflect the latest desired specification.");
        } else {
          propagate(conditions, ROUTES_READY, Condition.ready(object));
          if (!isRollingOut(object) && !isMigrated(status, object.status())) {
            conditions.markUnknown(
                ROUTES_READY,
                "TrafficNotMigrated",
                "Traffic is not yet migrated to the latest revision.");
          }
        }
        for (String field : new String[] {"url", "address", "traffic"}) {
          copy(object.status(), status, field);
        }
      }
    }
  }

  /// The traffic goes where it went; that it cannot move on is told where Knative's users look.
  private static boolean isNameTaken(Child configuration) {
    return configuration instanceof Child.Owned(KubernetesObject object)
        && !isBehind(object)
        && ConfigurationStatus.isNameTaken(object);
  }

  static boolean isBehind(KubernetesObject child) {
    return child.status().path("observedGeneration").asLong(0) != child.generation();
  }

  /// That it does so gradually says more than that it is not done.
  private static boolean isRollingOut(KubernetesObject route) {
    return Condition.ready(route).reason().equals(RouteStatus.ROLLOUT_IN_PROGRESS);
  }

  /// The Route may not have seen yet that a newer revision is ready.
  private static boolean isMigrated(ObjectNode service, JsonNode route) {
    String latest = service.path("latestReadyRevisionName").asString("");
    for (JsonNode target : route.path("traffic")) {
      if (target.path("latestRevision").asBoolean(false)
          && !target.path("revisionName").asString("").equals(latest)) {
        return false;
      }
    }
    return true;
  }

  private static void propagate(Conditions conditions, String type, Condition ready) {
    conditions.mark(new Condition(type, ready.status(), ready.reason(), ready.message()));
  }

  private static void copy(JsonNode from, ObjectNode to, String field) {
    if (from.has(field)) {
      to.set(field, from.path(field).deepCopy());
    } else {
      to.remove(field);
    }
  }
}

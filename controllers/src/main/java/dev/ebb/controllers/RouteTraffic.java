package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Resolves a Route's traffic to Revisions that are ready. Pure.
///
/// All or nothing: one target that cannot be resolved leaves the traffic where it is.
final class RouteTraffic {
  static final String ALL_TRAFFIC_ASSIGNED = "AllTrafficAssigned";

  private final KubernetesObject route;
  private final Function<ObjectKey, Optional<KubernetesObject>> configurations;
  private final Function<ObjectKey, Optional<KubernetesObject>> revisions;

  RouteTraffic(
      KubernetesObject route,
      Function<ObjectKey, Optional<KubernetesObject>> configurations,
      Function<ObjectKey, Optional<KubernetesObject>> revisions) {
    this.route = route;
    this.configurations = configurations;
    this.revisions = revisions;
  }

  sealed interface Resolution {
    record Resolved(Rollout rollout) implements Resolution {}

    record Unresolved(Condition allTrafficAssigned) implements Resolution {}
  }

  Resolution resolve() {
    List<Target> targets = new ArrayList<>();
    for (JsonNode target : route.spec().path("traffic")) {
      String name = target.path("revisionName").asString("");
      boolean latest = name.isEmpty();
      if (latest) {
        ObjectKey key = key(target.path("configurationName").asString(route.name()));
        Optional<KubernetesObject> configuration = configurations.apply(key);
        if (configuration.isEmpty()) {
          return missing("Configuration", key.name());
        }
        name = configuration.get().status().path("latestReadyRevisionName").asString("");
        if (name.isEmpty()) {
          return notReady(configuration.get());
        }
      }
      Optional<KubernetesObject> revision = revisions.apply(key(name));
      if (revision.isEmpty()) {
        return missing("Revision", name);
      }
      if (!RevisionStatus.wasReady(revision.get())) {
        return notReady(revision.get());
      }
      targets.add(
          new Target(
              new RevisionId(route.namespace(), name),
              target.path("percent").asInt(0),
              latest,
              Optional.of(target.path("tag").asString("")).filter(tag -> !tag.isEmpty())));
    }
    return new Resolution.Resolved(Rollout.complete(targets));
  }

  /// Where the traffic went when the status was written last; what a server that starts goes on
  /// with.
  static List<Target> current(KubernetesObject route) {
    List<Target> targets = new ArrayList<>();
    for (JsonNode target : route.status().path("traffic")) {
      targets.add(
          new Target(
              new RevisionId(route.namespace(), target.path("revisionName").asString("")),
              target.path("percent").asInt(0),
              target.path("latestRevision").asBoolean(false),
              Optional.of(target.path("tag").asString("")).filter(tag -> !tag.isEmpty())));
    }
    return targets;
  }

  /// How fast what is rolled out moves on.
  static List<Rollout.Pace> paces(KubernetesObject route) {
    return Rollout.parse(route.status().path("annotations").path(Rollout.ANNOTATION).asString(""));
  }

  private ObjectKey key(String name) {
    return new ObjectKey(route.namespace(), name);
  }

  private static Resolution missing(String kind, String name) {
    return unresolved(
        Status.FALSE,
        kind + "Missing",
        "%s \"%s\" referenced in traffic not found.".formatted(kind, name));
  }

  private static Resolution notReady(KubernetesObject target) {
    boolean configuration = target.groupVersionKind().kind().equals("Configuration");
    if (Condition.ready(target).isFalse()) {
      return unresolved(
          Status.FALSE,
          "RevisionMissing",
          configuration
              ? "Configuration \"%s\" does not have any ready Revision.".formatted(target.name())
              : "Revision \"%s\" failed to become ready.".formatted(target.name()));
    }
    return unresolved(
        Status.UNKNOWN,
        "RevisionMissing",
        configuration
            ? "Configuration \"%s\" is waiting for a Revision to become ready."
                .formatted(target.name())
            : "Revision \"%s\" is not yet ready.".formatted(target.name()));
  }

  private static Resolution unresolved(Status status, String reason, String message) {
    return new Resolution.Unresolved(new Condition(ALL_TRAFFIC_ASSIGNED, status, reason, message));
  }
}

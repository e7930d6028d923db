package dev.ebb.controllers;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Whether traffic leads to a Revision, from the Routes that name it. Pure over the caches.
///
/// @param routes names of those whose status has it, in order
/// @param reachable whether it has traffic or is about to: as the newest of its Configuration it
///   must run to prove itself, and a Route that follows the newest will come
record RevisionRouting(List<String> routes, boolean reachable) {
  static RevisionRouting of(KubernetesObject revision, Informers informers) {
    List<KubernetesObject> referring =
        informers.routesTo(ServingKinds.REVISION, revision.key()).stream()
            .filter(route -> route.deletionTimestamp().isEmpty())
            .toList();
    List<String> routes =
        referring.stream()
            .filter(route -> names(route.status(), revision))
            .map(KubernetesObject::name)
            .toList();
    return new RevisionRouting(routes, !referring.isEmpty() || isExpected(revision, informers));
  }

  /// `active`, `reserve`, or `pending` until it is known which.
  String state() {
    return !routes.isEmpty() ? "active" : reachable ? "pending" : "reserve";
  }

  String routeNames() {
    return routes.stream().collect(Collectors.joining(","));
  }

  private static boolean isExpected(KubernetesObject revision, Informers informers) {
    String name = revision.labels().getOrDefault(Labels.CONFIGURATION, "");
    Optional<KubernetesObject> configuration =
        Informers.alive(informers.configurations(), new ObjectKey(revision.namespace(), name));
    if (configuration.isEmpty()) {
      return name.isEmpty() && !RevisionStatus.wasReady(revision);
    }
    if (!ConfigurationResources.revisionKey(configuration.get()).equals(revision.key())) {
      return false;
    }
    return !RevisionStatus.wasReady(revision)
        || informers.routesTo(ServingKinds.CONFIGURATION, configuration.get().key()).stream()
            .anyMatch(route -> route.deletionTimestamp().isEmpty());
  }

  private static boolean names(JsonNode traffic, KubernetesObject revision) {
    for (JsonNode target : traffic.path("traffic")) {
      if (target.path("revisionName").asString("").equals(revision.name())) {
        return true;
      }
    }
    return false;
  }
}

package dev.ebb.controllers;

import static dev.ebb.controllers.RouteTraffic.ALL_TRAFFIC_ASSIGNED;

import dev.ebb.controllers.Encryption.Scheme;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.controllers.RouteTraffic.Resolution;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a Route tells: its URL, where its traffic goes, whether that is what its spec says. Pure.
final class RouteStatus {
  static final String ROLLOUT_IN_PROGRESS = "RolloutInProgress";

  private static final String ROLLING_OUT =
      "A gradual rollout of the latest revision(s) is in progress.";
  private static final String INGRESS_READY = "IngressReady";

  private RouteStatus() {}

  /// Is called when the gateway has the traffic, so the ingress of what was resolved is ready.
  ///
  /// @param stranger a core Service of somebody else, by whose name instances would find this Route
  static ObjectNode plan(
      ObjectNode status,
      KubernetesObject route,
      Resolution resolution,
      Encryption encryption,
      DomainSettings domain,
      Optional<KubernetesObject> stranger,
      Instant now) {
    Conditions conditions =
        new Conditions(
            status, now, ALL_TRAFFIC_ASSIGNED, INGRESS_READY, Encryption.CERTIFICATE_PROVISIONED);
    String host = domain.publicHost(route.key(), route.labels(), route.annotations());
    status.put("observedGeneration", route.generation());
    status.put("url", domain.url(encryption.scheme(), host));
    status
        .putObject("address")
        .put("url", domain.url(Scheme.HTTP, DomainSettings.clusterHost(route.key())));
    switch (resolution) {
      case Resolution.Resolved(Rollout rollout) -> {
        ArrayNode traffic = status.putArray("traffic");
        rollout
            .targets()
            .forEach(target ->
                add(
                    traffic,
                    target,
                    domain.url(encryption.scheme(), tagHost(target, route, domain))));
        conditions.markTrue(ALL_TRAFFIC_ASSIGNED);
        conditions.mark(ingress(rollout, stranger));
        if (rollout.inProgress()) {
          status.withObject("/annotations").put(Rollout.ANNOTATION, rollout.annotation());
        } else if (status.path("annotations") instanceof ObjectNode annotations) {
          annotations.remove(Rollout.ANNOTATION);
          if (annotations.isEmpty()) {
            status.remove("annotations");
          }
        }
      }
      case Resolution.Unresolved(var allTrafficAssigned) -> {
        conditions.mark(allTrafficAssigned);
        if (status.path("traffic").isEmpty()) {
          conditions.markUnknown(
              INGRESS_READY, "IngressNotConfigured", "Ingress has not yet been reconciled.");
        }
      }
    }
    conditions.mark(encryption.provisioned());
    conditions.write();
    return status;
  }

  private static Condition ingress(Rollout rollout, Optional<KubernetesObject> stranger) {
    if (stranger.isPresent()) {
      return new Condition(
          INGRESS_READY,
          Status.FALSE,
          "NotOwned",
          "There is an existing placeholder Service \"%s\" that we do not own."
              .formatted(stranger.get().name()));
    }
    return rollout.inProgress()
        ? new Condition(INGRESS_READY, Status.UNKNOWN, ROLLOUT_IN_PROGRESS, ROLLING_OUT)
        : new Condition(INGRESS_READY, Status.TRUE, "", "");
  }

  private static String tagHost(Target target, KubernetesObject route, DomainSettings domain) {
    ObjectKey named =
        target.tag().map(tag -> domain.tagged(route.key(), tag)).orElseGet(route::key);
    return domain.publicHost(named, route.labels(), route.annotations());
  }

  private static void add(ArrayNode traffic, Target target, String url) {
    ObjectNode node = traffic.addObject();
    node.put("latestRevision", target.latestRevision());
    node.put("percent", target.percent());
    node.put("revisionName", target.revision().name());
    target.tag().ifPresent(tag -> node.put("tag", tag).put("url", url));
  }
}

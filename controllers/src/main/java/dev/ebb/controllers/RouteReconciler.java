package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.controllers.RouteTraffic.Resolution;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Route -> the gateway's table. The gateway learns first, the status says so afterwards: a Route
/// that is Ready answers.
final class RouteReconciler implements Reconciler {
  private final Context context;
  private final RoutePublisher publisher;
  private final Supplier<DomainSettings> domain;

  RouteReconciler(Context context, RoutePublisher publisher, Supplier<DomainSettings> domain) {
    this.context = context;
    this.publisher = publisher;
    this.domain = domain;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Optional<KubernetesObject> found = Informers.alive(informers.routes(), key);
    if (found.isEmpty()) {
      publisher.remove(key);
      return Result.done();
    }
    KubernetesObject route = found.get();
    DomainSettings settings = domain.get();
    Resolution resolution = assign(route, settings);
    context
        .statuses()
        .write(
            informers.routes().kind(),
            route,
            status -> RouteStatus.plan(status, route, resolution, settings, context.now()));
    return Result.done();
  }

  /// Hands the Route's present traffic to the publisher.
  Resolution assign(KubernetesObject route, DomainSettings settings) {
    Informers informers = context.informers();
    Resolution resolution =
        new RouteTraffic(
                route,
                name -> Informers.alive(informers.configurations(), name),
                // A Route that a Service changed may be seen before the Revision that it names, for
                // each
                // kind has a cache of its own: nothing is missing that the store has.
                name ->
                    Informers.alive(informers.revisions(), name)
                        .or(() ->
                            context
                                .resources()
                                .find(ServingKinds.REVISION, name)
                                .filter(found -> found.deletionTimestamp().isEmpty())))
            .resolve();
    List<Target> targets =
        resolution instanceof Resolution.Resolved(var resolved)
            ? resolved
            : RouteTraffic.current(route);
    Optional<RouteTarget.Unavailable> failure =
        targets.isEmpty() ? failure(route, resolution) : Optional.empty();
    if (!targets.isEmpty() || failure.isPresent()) {
      publisher.assign(
          new RouteAssignment(
              route.key(),
              settings.hosts(route.key(), route.labels()),
              DomainSettings.paths(route.key(), route.labels()),
              targets,
              failure));
    }
    return resolution;
  }

  /// Why nothing that the Route leads to can answer; empty while that is not decided.
  private Optional<RouteTarget.Unavailable> failure(KubernetesObject route, Resolution resolution) {
    if (!(resolution instanceof Resolution.Unresolved(Condition assigned)) || !assigned.isFalse()) {
      return Optional.empty();
    }
    Informers informers = context.informers();
    List<KubernetesObject> named = new ArrayList<>();
    Informers.configurationsNamedBy(route)
        .forEach(key -> informers.configurations().get(key).ifPresent(named::add));
    Informers.revisionsNamedBy(route)
        .forEach(key -> informers.revisions().get(key).ifPresent(named::add));
    return Optional.of(
        named.stream()
            .map(Condition::ready)
            .filter(Condition::isFalse)
            .findFirst()
            .map(ready -> new RouteTarget.Unavailable(ready.reason(), ready.message()))
            .orElseGet(() -> new RouteTarget.Unavailable(assigned.reason(), assigned.message())));
  }
}

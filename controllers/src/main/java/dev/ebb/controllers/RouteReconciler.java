package dev.ebb.controllers;

import dev.ebb.controllers.RouteAssignment.Redirection;
import dev.ebb.controllers.RouteAssignment.Target;
import dev.ebb.controllers.RouteTraffic.Resolution;
import dev.ebb.controllers.certificates.CertificatePublisher;
import dev.ebb.dataplane.RouteTarget;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.OwnerReference;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Route -> the gateway's table. The gateway learns first, the status says so afterwards: a Route
/// that is Ready answers.
final class RouteReconciler implements Reconciler {
  /// Nothing tells a Route that a name of one of its tags became free.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

  private final Context context;
  private final RoutePublisher publisher;
  private final SystemConfig config;
  private final EncryptionPlanner encryptions;
  private final CertificatePublisher certificates;

  RouteReconciler(
      Context context,
      RoutePublisher publisher,
      SystemConfig config,
      EncryptionPlanner encryptions,
      CertificatePublisher certificates) {
    this.context = context;
    this.publisher = publisher;
    this.config = config;
    this.encryptions = encryptions;
    this.certificates = certificates;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Informers informers = context.informers();
    Optional<KubernetesObject> found =
        Informers.alive(informers.routes(), key).flatMap(this::newest);
    if (found.isEmpty()) {
      publisher.remove(key);
      return Result.done();
    }
    KubernetesObject route = found.get();
    DomainSettings settings = config.domain();
    Resolution resolution = resolve(route);
    Encryption encryption = assign(route, resolution, settings);
    Optional<KubernetesObject> stranger = stranger(route, resolution, settings);
    stranger.ifPresent(other -> CreationEvents.notOwned(context.events(), route, other));
    context
        .statuses()
        .write(
            informers.routes().kind(),
            route,
            status ->
                RouteStatus.plan(
                    status, route, resolution, encryption, settings, stranger, context.now()));
    Optional<Instant> step =
        resolution instanceof Resolution.Resolved(Rollout rollout)
            ? rollout.next()
            : Optional.empty();
    Optional<Instant> look = stranger.map(_ -> context.now().plus(LOOK_AGAIN));
    return Stream.of(step, encryption.until(), look)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .map(next -> Result.requeueAfter(Duration.between(context.now(), next)))
        .orElseGet(Result::done);
  }

  /// As on Knative, where another's Service of that name would take what is for the Route.
  private Optional<KubernetesObject> stranger(
      KubernetesObject route, Resolution resolution, DomainSettings settings) {
    List<Target> targets =
        resolution instanceof Resolution.Resolved(Rollout rollout) ? rollout.targets() : List.of();
    return Stream.concat(
            Stream.of(route.key()),
            targets.stream()
                .flatMap(target -> target.tag().stream())
                .map(tag -> settings.tagged(route.key(), tag)))
        .flatMap(name -> context.informers().coreServices().get(name).stream())
        .filter(service -> service.deletionTimestamp().isEmpty())
        .filter(service -> service.controller().filter(RouteReconciler::isRoute).isEmpty())
        .findFirst();
  }

  /// Another Route's tag may have the name: the first has it.
  private static boolean isRoute(OwnerReference owner) {
    return owner.kind().equals("Route");
  }

  /// Hands the Route's present traffic to the publishers.
  void assign(KubernetesObject route, DomainSettings settings) {
    var _ = assign(route, resolve(route), settings);
  }

  private Encryption assign(
      KubernetesObject route, Resolution resolution, DomainSettings settings) {
    List<Target> targets =
        resolution instanceof Resolution.Resolved(Rollout rollout)
            ? rollout.targets()
            : RouteTraffic.current(route);
    Optional<RouteTarget.Unavailable> failure =
        targets.isEmpty() ? failure(route, resolution) : Optional.empty();
    Map<String, List<String>> tagHosts = tagHosts(route, targets, settings);
    Set<String> external = external(route, targets, settings);
    Encryption encryption = encryptions.ofRoute(route, external);
    encryption.certificates().forEach(certificates::share);
    if (!targets.isEmpty() || failure.isPresent()) {
      publisher.assign(
          new RouteAssignment(
              route.key(),
              settings.hosts(route.key(), route.labels(), route.annotations()),
              settings.paths(route.key(), route.labels()),
              targets,
              tagHosts,
              failure,
              config.tagHeaderRouting(),
              Labels.COOKIE.equals(route.annotations().get(Labels.SESSION_AFFINITY))
                  ? Optional.of(route.uid())
                  : Optional.empty(),
              encryption.redirected()
                  ? new Redirection(external, settings.httpsPort())
                  : Redirection.NONE));
    }
    return encryption;
  }

  /// The hosts that clients outside of the cluster use.
  private static Set<String> external(
      KubernetesObject route, List<Target> targets, DomainSettings settings) {
    return Stream.concat(
            Stream.of(route.key()),
            targets.stream()
                .flatMap(target -> target.tag().stream())
                .map(tag -> settings.tagged(route.key(), tag)))
        .filter(named -> !settings.isClusterLocal(named, route.labels()))
        .map(named -> settings.publicHost(named, route.labels(), route.annotations()))
        .collect(Collectors.toSet());
  }

  private static Map<String, List<String>> tagHosts(
      KubernetesObject route, List<Target> targets, DomainSettings settings) {
    Map<String, List<String>> hosts = new HashMap<>();
    for (Target target : targets) {
      target
          .tag()
          .ifPresent(tag ->
              hosts.put(
                  tag,
                  settings.hosts(
                      settings.tagged(route.key(), tag), route.labels(), route.annotations())));
    }
    return hosts;
  }

  private Resolution resolve(KubernetesObject route) {
    Resolution resolution =
        new RouteTraffic(
                route,
                name -> Informers.alive(context.informers().configurations(), name),
                this::revision)
            .resolve();
    if (!(resolution instanceof Resolution.Resolved(Rollout end))) {
      return resolution;
    }
    return new Resolution.Resolved(
        new RolloutPlanner(
                RouteTraffic.current(route),
                RouteTraffic.paces(route),
                config.rolloutDuration(route),
                id ->
                    revision(new ObjectKey(id.namespace(), id.name()))
                        .map(found -> found.labels().getOrDefault(Labels.CONFIGURATION, ""))
                        .filter(name -> !name.isEmpty()),
                context.now())
            .plan(end.targets()));
  }

  /// A Route that a Service changed may be seen before the Revision that it names, for each kind
  /// has a cache of its own: nothing is missing that the store has.
  private Optional<KubernetesObject> revision(ObjectKey key) {
    return Informers.alive(context.informers().revisions(), key)
        .or(() ->
            context
                .resources()
                .find(ServingKinds.REVISION, key)
                .filter(found -> found.deletionTimestamp().isEmpty()));
  }

  /// A step of a rollout follows from the status as the step before left it, which the cache may
  /// not have yet.
  private Optional<KubernetesObject> newest(KubernetesObject cached) {
    return config.rolloutDuration(cached).isPositive()
        ? context
            .resources()
            .find(ServingKinds.ROUTE, cached.key())
            .filter(found -> found.deletionTimestamp().isEmpty())
        : Optional.of(cached);
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

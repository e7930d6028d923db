package dev.ebb.controllers;

import dev.ebb.dataplane.Scaler;
import dev.ebb.dataplane.ScalingDecision;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.core.ScalingKinds;
import dev.ebb.reconcile.Births;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Result;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Shows what Knative's users look for beside Pods: a Deployment for each Revision, a core Service
/// for each Revision and for each Route. Nothing reads them back but the HorizontalPodAutoscaler
/// that a Revision of that class has too.
final class WorkloadMirror {
  private final Context context;
  private final ReplicaSetMirror sets;
  private final InstanceTracker tracker;
  private final Scaler scaler;
  private final SystemConfig config;

  WorkloadMirror(Context context, InstanceTracker tracker, Scaler scaler, SystemConfig config) {
    this.context = context.mirroring();
    this.sets = new ReplicaSetMirror(this.context);
    this.tracker = tracker;
    this.scaler = scaler;
    this.config = config;
  }

  Result reconcileRevision(ObjectKey key) {
    Informers.alive(context.informers().revisions(), key)
        .ifPresent(revision -> {
          deployment(revision);
          autoscaler(revision);
          service(CoreServiceResources.ofRevision(revision), Births.UNTOLD);
        });
    return Result.done();
  }

  Result reconcileRoute(ObjectKey key) {
    Informers.alive(context.informers().routes(), key).ifPresent(this::services);
    return Result.done();
  }

  /// Those of tags that are no longer go.
  private void services(KubernetesObject route) {
    Set<ObjectKey> wanted = new HashSet<>();
    for (KubernetesObject service : CoreServiceResources.ofRoute(route, config.domain())) {
      // Another tag's may have the same name: the first has it.
      if (wanted.add(service.key())) {
        service(service, new CreationEvents(context.events(), route, "placeholder service"));
      }
    }
    for (KubernetesObject service : context.informers().coreServicesOf(route)) {
      if (!wanted.contains(service.key()) && service.deletionTimestamp().isEmpty()) {
        context.deleteMirrored(CoreKinds.SERVICE, service);
      }
    }
  }

  /// A Service of the user's that has the name stays as it is.
  private void service(KubernetesObject desired, Births births) {
    context
        .children()
        .apply(
            CoreKinds.SERVICE,
            context.informers().coreServices().get(desired.key()),
            desired,
            births);
  }

  private void deployment(KubernetesObject revision) {
    RevisionInstances state = tracker.of(RevisionResources.id(revision));
    int live = state.ready() + state.starting();
    int wanted =
        scaler
            .lastDecision(RevisionResources.id(revision))
            .map(ScalingDecision::desired)
            .orElse(live);
    KubernetesObject present =
        context
            .informers()
            .deployments()
            .get(DeploymentResources.key(revision.key()))
            .orElseGet(() ->
                context
                    .children()
                    .ensure(
                        AppsKinds.DEPLOYMENT, DeploymentResources.deployment(revision, wanted)));
    if (!Children.isControlledBy(present, revision)) {
      return; // a user's own has the name
    }
    KubernetesObject deployment =
        present.spec().path("replicas").asInt(-1) == wanted ? present : scale(present, wanted);
    context
        .statuses()
        .write(
            AppsKinds.DEPLOYMENT,
            deployment,
            status -> DeploymentResources.status(status, deployment, state, context.now()));
    sets.count(deployment, wanted, state.instances());
  }

  /// Of the class `hpa`; one that changed to another class loses its own.
  private void autoscaler(KubernetesObject revision) {
    Optional<KubernetesObject> present = context.informers().autoscalers().get(revision.key());
    ScalingSettings settings = config.scaling();
    if (settings.byUse(revision.annotations())) {
      boolean reachable = RevisionRouting.of(revision, context.informers()).reachable();
      context
          .children()
          .apply(
              ScalingKinds.HORIZONTAL_POD_AUTOSCALER,
              present,
              HorizontalResources.of(revision, settings.config(), reachable));
    } else {
      present
          .filter(autoscaler -> Children.isControlledBy(autoscaler, revision))
          .ifPresent(autoscaler ->
              context.deleteMirrored(ScalingKinds.HORIZONTAL_POD_AUTOSCALER, autoscaler));
    }
  }

  private KubernetesObject scale(KubernetesObject deployment, int replicas) {
    return context
        .resources()
        .update(
            AppsKinds.DEPLOYMENT,
            deployment.with(json -> json.withObject("/spec").put("replicas", replicas)),
            Context.MIRROR)
        .object();
  }
}

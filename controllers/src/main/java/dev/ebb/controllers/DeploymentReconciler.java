package dev.ebb.controllers;

import dev.ebb.controllers.workloads.DeploymentPlan;
import dev.ebb.controllers.workloads.DeploymentStatus;
import dev.ebb.controllers.workloads.PlatformPart;
import dev.ebb.controllers.workloads.ReplacedDeployments;
import dev.ebb.controllers.workloads.ReplicaSetResources;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// A user's Deployment -> its ReplicaSets, and their state back. The Deployments that show
/// Revisions are not touched. What is written here can be made again from the Deployment, so only
/// the Deployment itself was worth an fsync.
final class DeploymentReconciler implements Reconciler {
  /// A part of Ebb becomes ready, or ceases to be, without an object changing.
  private static final Duration WHILE_STARTING = Duration.ofSeconds(1);

  private static final Duration WHILE_READY = Duration.ofSeconds(10);

  private final Context context;
  private final Predicate<PlatformPart> ready;

  DeploymentReconciler(Context context, Predicate<PlatformPart> ready) {
    this.context = context.mirroring();
    this.ready = ready;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found =
        Informers.alive(context.informers().deployments(), key)
            .filter(deployment -> !Mirrors.isMirror(deployment));
    if (found.isEmpty()) {
      return Result.done();
    }
    Optional<PlatformPart> part = ReplacedDeployments.part(key);
    return part.isPresent() ? replaced(found.get(), part.get()) : own(found.get());
  }

  private Result replaced(KubernetesObject deployment, PlatformPart part) {
    owned(deployment).forEach(this::delete);
    boolean isReady = ready.test(part);
    context
        .statuses()
        .write(
            AppsKinds.DEPLOYMENT,
            deployment,
            status -> ReplacedDeployments.status(status, deployment, part, isReady, context.now()));
    return Result.requeueAfter(isReady ? WHILE_READY : WHILE_STARTING);
  }

  private Result own(KubernetesObject deployment) {
    DeploymentPlan plan = DeploymentPlan.of(deployment, owned(deployment));
    Optional<KubernetesObject> current = Optional.empty();
    if (plan.current().isPresent()) {
      KubernetesObject desired = plan.current().get();
      if (desired.uid().isEmpty()) {
        context
            .events()
            .normal(
                deployment,
                "ScalingReplicaSet",
                "Scaled up replica set %s from 0 to %d"
                    .formatted(desired.name(), desired.spec().path("replicas").asInt()));
      }
      switch (context.children().apply(AppsKinds.REPLICA_SET, present(desired), desired)) {
        case Children.Child.Owned(KubernetesObject set) -> current = Optional.of(set);
        case Children.Child.Foreign(_) -> {
          return collision(deployment);
        }
      }
    }
    plan.changed()
        .forEach(set -> context.resources().update(AppsKinds.REPLICA_SET, set, Context.MIRROR));
    plan.surplus().forEach(this::delete);
    KubernetesObject annotated = current.map(set -> annotate(deployment, set)).orElse(deployment);
    return status(annotated, current);
  }

  private Result status(KubernetesObject deployment, Optional<KubernetesObject> current) {
    List<KubernetesObject> all = new ArrayList<>(owned(deployment));
    current.ifPresent(set -> {
      all.removeIf(one -> one.uid().equals(set.uid()));
      all.add(set);
    });
    return context
        .statuses()
        .write(
            AppsKinds.DEPLOYMENT,
            deployment,
            status -> DeploymentStatus.plan(status, deployment, current, all, context.now()))
        .flatMap(written -> DeploymentStatus.deadline(deployment, written.after().status()))
        .map(time -> Duration.between(context.now(), time))
        .map(rest -> Result.requeueAfter(rest.isNegative() ? Duration.ZERO : rest))
        .orElseGet(Result::done);
  }

  /// Somebody else has a ReplicaSet of that name: the next attempt takes another one.
  private Result collision(KubernetesObject deployment) {
    // Counted from what was seen, so that a second look at the same state counts nothing twice.
    int seen = deployment.status().path("collisionCount").asInt(0);
    context
        .statuses()
        .write(AppsKinds.DEPLOYMENT, deployment, status -> status.put("collisionCount", seen + 1));
    return Result.requeueAfter(Duration.ZERO);
  }

  private KubernetesObject annotate(KubernetesObject deployment, KubernetesObject set) {
    String revision = set.annotations().getOrDefault(ReplicaSetResources.REVISION, "1");
    if (revision.equals(deployment.annotations().get(ReplicaSetResources.REVISION))) {
      return deployment;
    }
    KubernetesObject changed =
        deployment.with(json -> {
          ObjectNode metadata = json.withObject("/metadata");
          metadata.withObject("/annotations").put(ReplicaSetResources.REVISION, revision);
        });
    return context.resources().update(AppsKinds.DEPLOYMENT, changed, Context.MIRROR).object();
  }

  private Optional<KubernetesObject> present(KubernetesObject set) {
    return context.informers().replicaSets().get(set.key());
  }

  private List<KubernetesObject> owned(KubernetesObject deployment) {
    return context.informers().replicaSetsOf(deployment).stream()
        .filter(set -> set.deletionTimestamp().isEmpty())
        .toList();
  }

  private void delete(KubernetesObject set) {
    context.deleteMirrored(AppsKinds.REPLICA_SET, set);
  }
}

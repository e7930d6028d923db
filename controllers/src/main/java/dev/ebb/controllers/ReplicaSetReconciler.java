package dev.ebb.controllers;

import dev.ebb.controllers.workloads.ReplicaSetPlan;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.AppsKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A ReplicaSet -> its Pods, and their number back. Those that show Revisions are not touched.
final class ReplicaSetReconciler implements Reconciler {
  private final Context context;

  ReplicaSetReconciler(Context context) {
    this.context = context.mirroring();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found =
        Informers.alive(context.informers().replicaSets(), key)
            .filter(set -> !Mirrors.isMirror(set));
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject set = found.get();
    // Not from the cache: a Pod that it does not have yet would be made twice.
    List<KubernetesObject> pods =
        new ArrayList<>(
            context.resources().list(CoreKinds.POD, ListQuery.in(key.namespace())).items().stream()
                .filter(pod -> Children.isControlledBy(pod, set))
                .toList());
    ReplicaSetPlan plan = ReplicaSetPlan.of(set, pods);
    plan.missing().forEach(pod -> pods.add(create(set, pod)));
    for (KubernetesObject pod : plan.surplus()) {
      context.deleteMirrored(CoreKinds.POD, pod);
      pods.remove(pod);
      context.events().normal(set, "SuccessfulDelete", "Deleted pod: " + pod.name());
    }
    context
        .statuses()
        .write(
            AppsKinds.REPLICA_SET,
            set,
            status -> ReplicaSetPlan.status(status, set, pods, context.now()));
    return ReplicaSetPlan.nextAvailable(set, pods, context.now())
        .map(time -> Result.requeueAfter(Duration.between(context.now(), time)))
        .orElseGet(Result::done);
  }

  private KubernetesObject create(KubernetesObject set, KubernetesObject pod) {
    KubernetesObject created =
        context.resources().create(CoreKinds.POD, pod, Context.MIRROR).object();
    context.events().normal(set, "SuccessfulCreate", "Created pod: " + created.name());
    return created;
  }
}

package dev.ebb.controllers;

import dev.ebb.controllers.workloads.PlainPods;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import java.util.Optional;

/// Tells of each Pod that shows no instance why it does not run.
final class PlainPodReconciler implements Reconciler {
  private final Context context;

  PlainPodReconciler(Context context) {
    this.context = context.mirroring();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found =
        Informers.alive(context.informers().pods(), key).filter(pod -> !Mirrors.isMirror(pod));
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject pod = found.get();
    boolean told = pod.status().has("phase");
    context
        .statuses()
        .write(CoreKinds.POD, pod, status -> PlainPods.status(status, pod, context.now()));
    if (!told) {
      context.events().warning(pod, PlainPods.NOT_SUPPORTED, PlainPods.WHY);
    }
    return Result.done();
  }
}

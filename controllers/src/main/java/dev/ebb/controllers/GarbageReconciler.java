package dev.ebb.controllers;

import dev.ebb.controllers.RevisionRetention.Plan;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Configuration -> deletes the Revisions that nobody will go back to.
final class GarbageReconciler implements Reconciler {
  private final Context context;
  private final Supplier<RevisionRetention> retention;

  GarbageReconciler(Context context, Supplier<RevisionRetention> retention) {
    this.context = context;
    this.retention = retention;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = Informers.alive(context.informers().configurations(), key);
    if (found.isEmpty()) {
      return Result.done();
    }
    List<KubernetesObject> inactive =
        context.informers().revisionsOf(key).stream()
            .filter(revision -> Children.isControlledBy(revision, found.get()))
            .filter(revision -> revision.deletionTimestamp().isEmpty())
            .filter(revision -> mayGo(revision, found.get()))
            .toList();
    Plan plan = retention.get().plan(inactive, context.now());
    plan.garbage().forEach(this::delete);
    return plan.next()
        .map(time -> Result.requeueAfter(Duration.between(context.now(), time).plusSeconds(1)))
        .orElseGet(Result::done);
  }

  /// The label alone could be old news and the Routes' cache too; both must agree.
  private boolean mayGo(KubernetesObject revision, KubernetesObject configuration) {
    return "reserve".equals(revision.labels().get(Labels.ROUTING_STATE))
        && !"true".equalsIgnoreCase(revision.annotations().get(Labels.NO_GC))
        && !configuration
            .status()
            .path("latestReadyRevisionName")
            .asString("")
            .equals(revision.name())
        && !RevisionRouting.of(revision, context.informers()).reachable();
  }

  /// Only as it was seen: one that got traffic or an annotation in the meantime stays.
  private void delete(KubernetesObject revision) {
    try {
      context
          .resources()
          .delete(
              ServingKinds.REVISION,
              revision.key(),
              new DeleteOptions(
                  DeleteOptions.Propagation.BACKGROUND,
                  Optional.of(revision.uid()),
                  Optional.of(revision.resourceVersion()),
                  false));
    } catch (ApiException refused) {
      if (!refused.isNotFound()) {
        throw refused;
      }
    }
  }
}

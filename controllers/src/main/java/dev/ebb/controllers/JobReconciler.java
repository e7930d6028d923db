package dev.ebb.controllers;

import dev.ebb.controllers.workloads.JobPlan;
import dev.ebb.controllers.workloads.JobStatus;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.BatchKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A Job -> its Pods, until enough of them have succeeded.
final class JobReconciler implements Reconciler {
  private final Context context;

  /// Its Pods are mirrored, its own status is not: that a Job is over must outlive a crash.
  private final Context pods;

  JobReconciler(Context context) {
    this.context = context;
    this.pods = context.mirroring();
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Optional<KubernetesObject> found = Informers.alive(context.informers().jobs(), key);
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject job = found.get();
    Optional<Instant> goes = JobStatus.goesAt(job);
    if (goes.isPresent()) {
      Duration rest = Duration.between(context.now(), goes.get());
      if (rest.isPositive()) {
        return Result.requeueAfter(rest);
      }
      pods.deleteMirrored(BatchKinds.JOB, job);
      return Result.done();
    }
    // Not from the cache: a Pod that it does not have yet would be made twice.
    List<KubernetesObject> owned =
        context.resources().list(CoreKinds.POD, ListQuery.in(key.namespace())).items().stream()
            .filter(pod -> Children.isControlledBy(pod, job))
            .toList();
    JobPlan plan = JobPlan.of(job, owned, context.now());
    for (KubernetesObject pod : plan.missing()) {
      KubernetesObject created =
          context.resources().create(CoreKinds.POD, pod, Context.MIRROR).object();
      context.events().normal(job, "SuccessfulCreate", "Created pod: " + created.name());
    }
    for (KubernetesObject pod : plan.surplus()) {
      pods.deleteMirrored(CoreKinds.POD, pod);
      context.events().normal(job, "SuccessfulDelete", "Deleted pod: " + pod.name());
    }
    int active = plan.counts().active() + plan.missing().size() - plan.surplus().size();
    context
        .statuses()
        .write(
            BatchKinds.JOB,
            job,
            status -> JobStatus.plan(status, job, plan, active, context.now()));
    plan.end().ifPresent(end -> tell(job, end));
    return plan.again()
        .map(time -> Duration.between(context.now(), time))
        .map(rest -> Result.requeueAfter(rest.isNegative() ? Duration.ZERO : rest))
        .orElseGet(Result::done);
  }

  private void tell(KubernetesObject job, JobPlan.End end) {
    if (end.failed()) {
      context.events().warning(job, end.reason(), end.message());
    } else {
      context.events().normal(job, "Completed", "Job completed");
    }
  }
}

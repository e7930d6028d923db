package dev.ebb.controllers;

import dev.ebb.controllers.workloads.CronJobPlan;
import dev.ebb.controllers.workloads.CronJobStatus;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.BatchKinds;
import dev.ebb.reconcile.Children;
import dev.ebb.reconcile.Reconciler;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A CronJob -> a Job at each of its times.
final class CronJobReconciler implements Reconciler {
  /// The queue's clock stands while a laptop sleeps and does not see that somebody set the time.
  private static final Duration LONGEST_REST = Duration.ofMinutes(10);

  private final Context context;

  /// Nothing here is a mirror: that a time was met must outlive a crash, and so must its Job.
  CronJobReconciler(Context context) {
    this.context = context;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    // Neither is from the cache, which may not have seen yet that a time was met.
    Optional<KubernetesObject> found =
        context
            .resources()
            .find(BatchKinds.CRON_JOB, key)
            .filter(object -> object.deletionTimestamp().isEmpty());
    if (found.isEmpty()) {
      return Result.done();
    }
    KubernetesObject cronJob = found.get();
    List<KubernetesObject> jobs =
        new ArrayList<>(
            context.resources().list(BatchKinds.JOB, ListQuery.in(key.namespace())).items().stream()
                .filter(job -> Children.isControlledBy(job, cronJob))
                .toList());
    CronJobPlan plan = CronJobPlan.of(cronJob, jobs, context.now());
    for (CronJobPlan.News news : plan.news()) {
      if (news.warning()) {
        context.events().warning(cronJob, news.reason(), news.message());
      } else {
        context.events().normal(cronJob, news.reason(), news.message());
      }
    }
    delete(cronJob, jobs, plan.outlived());
    delete(cronJob, jobs, plan.replaced());
    plan.start().ifPresent(start -> start(cronJob, jobs, start.job()));
    context
        .statuses()
        .write(
            BatchKinds.CRON_JOB,
            cronJob,
            status -> CronJobStatus.of(status, jobs, plan.start().map(CronJobPlan.Start::time)));
    return plan.again()
        .map(time -> rest(context.now(), time))
        .map(Result::requeueAfter)
        .orElseGet(Result::done);
  }

  private void delete(
      KubernetesObject cronJob, List<KubernetesObject> jobs, List<KubernetesObject> surplus) {
    for (KubernetesObject job : surplus) {
      context.deleteMirrored(BatchKinds.JOB, job);
      jobs.remove(job);
      context.events().normal(cronJob, "SuccessfulDelete", "Deleted job " + job.name());
    }
  }

  private void start(KubernetesObject cronJob, List<KubernetesObject> jobs, KubernetesObject job) {
    if (jobs.stream().anyMatch(one -> one.name().equals(job.name()))) {
      return; // made before a crash
    }
    try {
      KubernetesObject created = context.children().ensure(BatchKinds.JOB, job);
      if (!Children.isControlledBy(created, cronJob)) {
        context
            .events()
            .warning(
                cronJob,
                "FailedCreate",
                "Error creating job: jobs.batch \"%s\" already exists".formatted(job.name()));
        return;
      }
      jobs.add(created);
      context.events().normal(cronJob, "SuccessfulCreate", "Created job " + created.name());
    } catch (ApiException refused) {
      context
          .events()
          .warning(cronJob, "FailedCreate", "Error creating job: " + refused.getMessage());
      throw refused;
    }
  }

  private static Duration rest(Instant now, Instant next) {
    Duration rest = Duration.between(now, next);
    if (rest.isNegative()) {
      return Duration.ZERO;
    }
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }
}

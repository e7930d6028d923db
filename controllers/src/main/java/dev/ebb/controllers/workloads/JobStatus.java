package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import dev.ebb.reconcile.Condition.Status;
import dev.ebb.reconcile.Conditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// What a Job tells. Pure.
public final class JobStatus {
  private static final String SUSPENDED = "Suspended";

  private JobStatus() {}

  /// @param active how many Pods there are after the plan was carried out
  public static ObjectNode plan(
      ObjectNode status, KubernetesObject job, JobPlan plan, int active, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    boolean suspended = job.spec().path("suspend").asBoolean(false);
    boolean wasSuspended = Condition.of(status, SUSPENDED).map(Condition::isTrue).orElse(false);
    Conditions conditions = new Conditions(status, now);
    if (!JobPlan.isFinished(job)) {
      if (suspended) {
        conditions.mark(new Condition(SUSPENDED, Status.TRUE, "JobSuspended", "Job suspended"));
        status.remove("startTime");
      } else if (wasSuspended) {
        conditions.mark(new Condition(SUSPENDED, Status.FALSE, "JobResumed", "Job resumed"));
      }
      if (!suspended && !status.has("startTime")) {
        status.put("startTime", time);
      }
    }
    plan.end()
        .ifPresent(end -> {
          mark(conditions, end.failed() ? "FailureTarget" : "SuccessCriteriaMet", end);
          mark(conditions, end.failed() ? "Failed" : "Complete", end);
          if (!end.failed()) {
            status.put("completionTime", time);
          }
        });
    conditions.write();
    count(status, "active", active);
    count(status, "succeeded", plan.counts().succeeded());
    count(status, "failed", plan.counts().failed());
    status.put("ready", Math.min(active, plan.counts().ready()));
    if (JobPlan.isIndexed(job)) {
      status.put("completedIndexes", JobPods.text(plan.counts().indexes()));
    }
    if (status.path("conditions").isEmpty()) {
      status.remove("conditions");
    }
    return status;
  }

  /// When a Job that is over is deleted; empty when it stays.
  public static Optional<Instant> goesAt(KubernetesObject job) {
    if (!job.spec().path("ttlSecondsAfterFinished").isNumber()) {
      return Optional.empty();
    }
    long seconds = job.spec().path("ttlSecondsAfterFinished").asLong();
    for (var condition : job.status().path("conditions")) {
      String type = condition.path("type").asString("");
      if ((type.equals("Complete") || type.equals("Failed"))
          && condition.path("status").asString("").equals("True")) {
        return Optional.of(
            Instant.parse(condition.path("lastTransitionTime").asString()).plusSeconds(seconds));
      }
    }
    return Optional.empty();
  }

  private static void mark(Conditions conditions, String type, JobPlan.End end) {
    conditions.mark(new Condition(type, Status.TRUE, end.reason(), end.message()));
  }

  private static void count(ObjectNode status, String field, int number) {
    if (number > 0) {
      status.put(field, number);
    } else {
      status.remove(field);
    }
  }
}

package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which finished Jobs a CronJob keeps. Pure.
final class CronJobHistory {
  private static final int DEFAULT_SUCCESSFUL = 3;
  private static final int DEFAULT_FAILED = 1;

  private CronJobHistory() {}

  /// Those to delete, oldest first.
  static List<KubernetesObject> outlived(KubernetesObject cronJob, List<KubernetesObject> owned) {
    List<KubernetesObject> outlived = new ArrayList<>();
    outlived.addAll(
        oldest(
            owned,
            "Complete",
            cronJob.spec().path("successfulJobsHistoryLimit").asInt(DEFAULT_SUCCESSFUL)));
    outlived.addAll(
        oldest(
            owned, "Failed", cronJob.spec().path("failedJobsHistoryLimit").asInt(DEFAULT_FAILED)));
    return outlived;
  }

  static boolean has(KubernetesObject job, String condition) {
    return Condition.of(job, condition).map(Condition::isTrue).orElse(false);
  }

  private static List<KubernetesObject> oldest(
      List<KubernetesObject> owned, String condition, int limit) {
    List<KubernetesObject> finished =
        owned.stream()
            .filter(job -> job.deletionTimestamp().isEmpty() && has(job, condition))
            .sorted(
                Comparator.comparing(CronJobHistory::start).thenComparing(KubernetesObject::name))
            .toList();
    return finished.subList(0, Math.max(0, finished.size() - limit));
  }

  private static Instant start(KubernetesObject job) {
    String start = job.status().path("startTime").asString("");
    return start.isEmpty() ? job.creationTimestamp().orElse(Instant.EPOCH) : Instant.parse(start);
  }
}

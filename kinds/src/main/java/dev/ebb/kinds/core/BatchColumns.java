package dev.ebb.kinds.core;

import static dev.ebb.kinds.PrinterColumn.AGE;
import static dev.ebb.kinds.PrinterColumn.computed;
import static dev.ebb.kinds.core.Columns.count;
import static dev.ebb.kinds.core.Columns.text;
import static dev.ebb.kinds.core.Columns.wide;

import dev.ebb.kinds.HumanDuration;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.PrinterColumn;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Columns of Jobs and CronJobs, by the rules of `kubectl get`.
final class BatchColumns {
  static final PrinterColumn[] JOB = {
    text("Status", BatchColumns::status),
    text("Completions", BatchColumns::completions),
    computed("Duration", "string", "", 0, BatchColumns::duration),
    AGE,
    wide("Containers", job -> WorkloadColumns.each(job.spec().path("template"), "name")),
    wide("Images", job -> WorkloadColumns.each(job.spec().path("template"), "image")),
    wide("Selector", job -> SelectorText.of(job.spec().path("selector")))
  };

  static final PrinterColumn[] CRON_JOB = {
    text("Schedule", "spec.schedule", ""),
    text("Timezone", "spec.timeZone", Columns.NONE),
    text("Suspend", job -> job.spec().path("suspend").asBoolean(false) ? "True" : "False"),
    count("Active", "status.active"),
    computed(
        "Last Schedule",
        "string",
        "",
        0,
        (job, now) ->
            StringNode.valueOf(
                Columns.ago(job.status().path("lastScheduleTime"), now, Columns.NONE))),
    AGE,
    wide("Containers", job -> WorkloadColumns.each(jobSpec(job).path("template"), "name")),
    wide("Images", job -> WorkloadColumns.each(jobSpec(job).path("template"), "image")),
    wide("Selector", job -> SelectorText.of(jobSpec(job).path("selector")))
  };

  private BatchColumns() {}

  private static JsonNode jobSpec(KubernetesObject cronJob) {
    return cronJob.spec().path("jobTemplate").path("spec");
  }

  private static String status(KubernetesObject job) {
    if (isTrue(job, "Complete")) {
      return "Complete";
    } else if (isTrue(job, "Failed")) {
      return "Failed";
    } else if (job.deletionTimestamp().isPresent()) {
      return "Terminating";
    } else if (isTrue(job, "Suspended")) {
      return "Suspended";
    } else if (isTrue(job, "FailureTarget")) {
      return "FailureTarget";
    } else if (isTrue(job, "SuccessCriteriaMet")) {
      return "SuccessCriteriaMet";
    }
    return "Running";
  }

  private static boolean isTrue(KubernetesObject job, String type) {
    return job.status()
        .path("conditions")
        .valueStream()
        .anyMatch(condition ->
            condition.path("type").asString("").equals(type)
                && condition.path("status").asString("").equals("True"));
  }

  private static String completions(KubernetesObject job) {
    int succeeded = job.status().path("succeeded").asInt(0);
    JsonNode wanted = job.spec().path("completions");
    if (wanted.isNumber()) {
      return succeeded + "/" + wanted.asInt(0);
    }
    int parallelism = job.spec().path("parallelism").asInt(1);
    return succeeded + "/1" + (parallelism > 1 ? " of " + parallelism : "");
  }

  private static JsonNode duration(KubernetesObject job, Instant now) {
    Instant end = Columns.instant(job.status().path("completionTime")).orElse(now);
    return StringNode.valueOf(
        Columns.instant(job.status().path("startTime"))
            .map(start -> HumanDuration.format(Duration.between(start, end)))
            .orElse(""));
  }
}

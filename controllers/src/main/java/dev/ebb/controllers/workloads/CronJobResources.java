package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.BatchKinds;
import dev.ebb.reconcile.Children;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The Jobs of a CronJob. Pure.
final class CronJobResources {
  private static final String SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp";

  private CronJobResources() {}

  /// The same time has the same name, so that no time is met twice.
  static KubernetesObject job(KubernetesObject cronJob, Instant time, ZoneId zone) {
    JsonNode template = cronJob.spec().path("jobTemplate");
    String name = "%s-%d".formatted(cronJob.name(), time.getEpochSecond() / 60);
    KubernetesObject job =
        KubernetesObject.of(BatchKinds.JOB.type(), new ObjectKey(cronJob.namespace(), name))
            .with(json -> {
              ObjectNode metadata = json.withObject("/metadata");
              for (String field : List.of("labels", "annotations")) {
                if (template.path("metadata").has(field)) {
                  metadata.set(field, template.path("metadata").path(field).deepCopy());
                }
              }
              json.set("spec", template.path("spec").deepCopy());
            });
    String written = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atZone(zone));
    return Children.ownedBy(cronJob, job, Map.of(), Map.of(SCHEDULED, written));
  }

  /// Whether a schedule made it, and not somebody by `kubectl create job --from`.
  static boolean isScheduled(KubernetesObject job) {
    return job.annotations().containsKey(SCHEDULED);
  }
}

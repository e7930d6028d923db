package dev.ebb.controllers.workloads;

import dev.ebb.controllers.workloads.CronJobPlan.News;
import dev.ebb.kinds.KubernetesObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a CronJob tells of its Jobs. Pure.
public final class CronJobStatus {
  private static final String ACTIVE = "active";
  private static final String LAST_SCHEDULE = "lastScheduleTime";
  private static final String LAST_SUCCESS = "lastSuccessfulTime";

  private CronJobStatus() {}

  /// What became of its Jobs since the status was written.
  static List<News> news(KubernetesObject cronJob, List<KubernetesObject> owned) {
    List<News> news = new ArrayList<>();
    Map<String, JsonNode> active = active(cronJob.status());
    Set<String> present = new HashSet<>();
    for (KubernetesObject job : owned) {
      present.add(job.uid());
      boolean known = active.containsKey(job.uid());
      if (known && JobPlan.isFinished(job)) {
        String condition = CronJobHistory.has(job, "Complete") ? "Complete" : "Failed";
        news.add(
            News.normal(
                "SawCompletedJob",
                "Saw completed job: %s, condition: %s".formatted(job.name(), condition)));
      } else if (!known && !JobPlan.isFinished(job) && !CronJobResources.isScheduled(job)) {
        news.add(
            News.warning(
                "UnexpectedJob",
                "Saw a job that the controller did not create or forgot: " + job.name()));
      }
    }
    active.forEach((uid, reference) -> {
      if (!present.contains(uid)) {
        String name = reference.path("name").asString("");
        news.add(News.normal("MissingJob", "Active job went missing: " + name));
      }
    });
    return news;
  }

  /// @param owned the Jobs that there are after the plan was carried out
  /// @param started the time that was met just now
  public static ObjectNode of(
      ObjectNode status, List<KubernetesObject> owned, Optional<Instant> started) {
    Map<String, JsonNode> known = active(status);
    ArrayNode active = status.putArray(ACTIVE);
    for (KubernetesObject job : owned) {
      JsonNode reference = known.get(job.uid());
      if (!JobPlan.isFinished(job) && reference != null) {
        active.add(reference);
      } else if (!JobPlan.isFinished(job) && CronJobResources.isScheduled(job)) {
        refer(active.addObject(), job);
      }
    }
    if (active.isEmpty()) {
      status.remove(ACTIVE);
    }
    started.ifPresent(time -> status.put(LAST_SCHEDULE, time.toString()));
    for (KubernetesObject job : owned) {
      String end = job.status().path("completionTime").asString("");
      String last = status.path(LAST_SUCCESS).asString("");
      boolean later =
          !end.isEmpty() && (last.isEmpty() || Instant.parse(end).isAfter(Instant.parse(last)));
      if (later && CronJobHistory.has(job, "Complete")) {
        status.put(LAST_SUCCESS, end);
      }
    }
    return status;
  }

  private static Map<String, JsonNode> active(JsonNode status) {
    Map<String, JsonNode> active = new LinkedHashMap<>();
    for (JsonNode reference : status.path(ACTIVE)) {
      active.put(reference.path("uid").asString(""), reference);
    }
    return active;
  }

  private static void refer(ObjectNode reference, KubernetesObject job) {
    reference
        .put("apiVersion", job.groupVersionKind().apiVersion())
        .put("kind", job.groupVersionKind().kind())
        .put("namespace", job.namespace())
        .put("name", job.name())
        .put("uid", job.uid())
        .put("resourceVersion", job.json().at("/metadata/resourceVersion").asString(""));
  }
}

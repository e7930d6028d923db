package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.cron.CronSchedule;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a CronJob should do now. Pure.
///
/// Of the times that nobody met, the last one counts. As Kubernetes does, more than a hundred of
/// them are told and change nothing else.
///
/// @param start the Job to create, for the time that is due
/// @param replaced Jobs to delete, for they would run beside the new one
/// @param outlived finished Jobs to delete, for there are more than the limits of the history
/// @param news to be told as Events
/// @param again when the next time is; empty when none comes
/// @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/">CronJob</a>
public record CronJobPlan(
    Optional<Start> start,
    List<KubernetesObject> replaced,
    List<KubernetesObject> outlived,
    List<News> news,
    Optional<Instant> again) {
  private static final int MANY_MISSED = 100;

  /// @param time that it is scheduled for
  public record Start(Instant time, KubernetesObject job) {}

  public record News(boolean warning, String reason, String message) {
    static News normal(String reason, String message) {
      return new News(false, reason, message);
    }

    static News warning(String reason, String message) {
      return new News(true, reason, message);
    }
  }

  public CronJobPlan {
    replaced = List.copyOf(replaced);
    outlived = List.copyOf(outlived);
    news = List.copyOf(news);
  }

  /// @param cronJob valid, by the rules of its kind
  /// @param owned the Jobs that the CronJob controls
  public static CronJobPlan of(
      KubernetesObject cronJob, List<KubernetesObject> owned, Instant now) {
    List<News> news = new ArrayList<>(CronJobStatus.news(cronJob, owned));
    List<KubernetesObject> outlived = CronJobHistory.outlived(cronJob, owned);
    CronJobPlan nothing =
        new CronJobPlan(Optional.empty(), List.of(), outlived, news, Optional.empty());
    if (cronJob.spec().path("suspend").asBoolean(false)) {
      return nothing;
    }
    ZoneId zone = zone(cronJob);
    CronSchedule schedule = CronSchedule.parse(cronJob.spec().path("schedule").asString(""), zone);
    Instant met = met(cronJob);
    Optional<Instant> oldest = deadline(cronJob).map(now::minus);
    Optional<Instant> latest = schedule.latest(met, now);
    CronJobPlan waiting = nothing.lookingAgainAt(schedule.next(latest.orElse(met)));
    Optional<Instant> due =
        latest.filter(time -> oldest.map(first -> !time.isBefore(first)).orElse(true));
    if (due.isEmpty()) {
      return waiting;
    }
    Instant from = oldest.filter(met::isBefore).orElse(met);
    if (missesMany(schedule, from, now)) {
      waiting =
          waiting.telling(
              News.warning(
                  "TooManyMissedTimes",
                  "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or"
                      + " check clock skew"));
    }
    return waiting.starting(cronJob, owned, due.get(), zone);
  }

  private CronJobPlan starting(
      KubernetesObject cronJob, List<KubernetesObject> owned, Instant time, ZoneId zone) {
    KubernetesObject job = CronJobResources.job(cronJob, time, zone);
    List<KubernetesObject> active =
        owned.stream()
            .filter(one -> !JobPlan.isFinished(one) && one.deletionTimestamp().isEmpty())
            .toList();
    // It is there when the server died between the Job and the status.
    boolean there = owned.stream().anyMatch(one -> one.name().equals(job.name()));
    String policy = cronJob.spec().path("concurrencyPolicy").asString("Allow");
    if (!there && policy.equals("Forbid") && !active.isEmpty()) {
      return telling(
          News.normal(
              "JobAlreadyActive",
              "Not starting job because prior execution is running and concurrency policy is"
                  + " Forbid"));
    }
    boolean replaces = !there && policy.equals("Replace");
    return new CronJobPlan(
        Optional.of(new Start(time, job)), replaces ? active : List.of(), outlived, news, again);
  }

  private CronJobPlan telling(News more) {
    List<News> all = new ArrayList<>(news);
    all.add(more);
    return new CronJobPlan(start, replaced, outlived, all, again);
  }

  private CronJobPlan lookingAgainAt(Optional<Instant> time) {
    return new CronJobPlan(start, replaced, outlived, news, time);
  }

  /// Times up to this one are over: they were met, or came before the CronJob.
  private static Instant met(KubernetesObject cronJob) {
    String last = cronJob.status().path("lastScheduleTime").asString("");
    return last.isEmpty() ? cronJob.creationTimestamp().orElse(Instant.EPOCH) : Instant.parse(last);
  }

  private static Optional<Duration> deadline(KubernetesObject cronJob) {
    JsonNode seconds = cronJob.spec().path("startingDeadlineSeconds");
    return seconds.isNumber()
        ? Optional.of(Duration.ofSeconds(seconds.asLong()))
        : Optional.empty();
  }

  private static boolean missesMany(CronSchedule schedule, Instant earliest, Instant now) {
    Optional<Instant> time = Optional.of(earliest);
    for (int missed = 0; missed <= MANY_MISSED; missed++) {
      time = time.flatMap(schedule::next).filter(one -> !one.isAfter(now));
    }
    return time.isPresent();
  }

  private static ZoneId zone(KubernetesObject cronJob) {
    String name = cronJob.spec().path("timeZone").asString("");
    return name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name);
  }
}

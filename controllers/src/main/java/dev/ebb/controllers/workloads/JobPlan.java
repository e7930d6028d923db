package dev.ebb.controllers.workloads;

import dev.ebb.kinds.KubernetesObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What a Job should do now. Pure.
///
/// Pods that ended count also after somebody deleted them: the status remembers.
///
/// @param counts what is and was
/// @param missing Pods to create
/// @param surplus Pods to delete
/// @param end how it is over; empty while it is not
/// @param again when to look although nothing changed
/// @see <a href="https://kubernetes.io/docs/concepts/workloads/controllers/job/">Jobs</a>
public record JobPlan(
    Counts counts,
    List<KubernetesObject> missing,
    List<KubernetesObject> surplus,
    Optional<End> end,
    Optional<Instant> again) {
  private static final int DEFAULT_BACKOFF_LIMIT = 6;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  /// @param indexes that succeeded, of an Indexed Job
  public record Counts(int active, int ready, int succeeded, int failed, Set<Integer> indexes) {}

  /// @param failed else it is complete
  public record End(boolean failed, String reason, String message) {
    static final End COMPLETE =
        new End(false, "CompletionsReached", "Reached expected number of succeeded pods");
    static final End LIMIT =
        new End(true, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
    static final End DEADLINE =
        new End(true, "DeadlineExceeded", "Job was active longer than specified deadline");
  }

  public JobPlan {
    missing = List.copyOf(missing);
    surplus = List.copyOf(surplus);
  }

  /// @param owned the Pods that the Job controls
  public static JobPlan of(KubernetesObject job, List<KubernetesObject> owned, Instant now) {
    List<KubernetesObject> active = owned.stream().filter(PlainPods::isActive).toList();
    Counts counts = counts(job, owned, active);
    if (isFinished(job)) {
      return new JobPlan(counts, List.of(), active, Optional.empty(), Optional.empty());
    }
    if (job.spec().path("suspend").asBoolean(false)) {
      return new JobPlan(counts, List.of(), active, Optional.empty(), Optional.empty());
    }
    Optional<Instant> deadline = deadline(job);
    Optional<End> end = end(job, counts, active, deadline, now);
    if (end.isPresent()) {
      return new JobPlan(counts, List.of(), active, end, Optional.empty());
    }
    int wanted = wanted(job, counts);
    if (active.size() > wanted) {
      return new JobPlan(counts, List.of(), active.subList(wanted, active.size()), end, deadline);
    }
    Optional<Instant> resume = resume(owned, counts).filter(now::isBefore);
    if (resume.isPresent() || active.size() == wanted) {
      Optional<Instant> again =
          deadline.filter(time -> resume.map(time::isBefore).orElse(true)).or(() -> resume);
      return new JobPlan(counts, List.of(), List.of(), end, again);
    }
    List<KubernetesObject> missing = JobPods.of(job, active, counts, wanted - active.size());
    return new JobPlan(counts, missing, List.of(), end, deadline);
  }

  static boolean isIndexed(KubernetesObject job) {
    return job.spec().path("completionMode").asString("").equals("Indexed");
  }

  public static boolean isFinished(KubernetesObject job) {
    for (JsonNode condition : job.status().path("conditions")) {
      if (Set.of("Complete", "Failed").contains(condition.path("type").asString(""))
          && condition.path("status").asString("").equals("True")) {
        return true;
      }
    }
    return false;
  }

  private static Counts counts(
      KubernetesObject job, List<KubernetesObject> owned, List<KubernetesObject> active) {
    Set<Integer> indexes = new TreeSet<>(JobPods.indexes(job.status()));
    for (KubernetesObject pod : owned) {
      OptionalInt index = JobPods.index(pod);
      if (is(pod, "Succeeded") && index.isPresent()) {
        indexes.add(index.getAsInt());
      }
    }
    int succeeded = (int) owned.stream().filter(pod -> is(pod, "Succeeded")).count();
    int failed = (int) owned.stream().filter(pod -> is(pod, "Failed")).count();
    int ready =
        (int)
            active.stream()
                .filter(pod -> PlainPods.availableAt(pod, Duration.ZERO).isPresent())
                .count();
    return new Counts(
        active.size(),
        ready,
        isIndexed(job)
            ? indexes.size()
            : Math.max(succeeded, job.status().path("succeeded").asInt(0)),
        Math.max(failed, job.status().path("failed").asInt(0)),
        indexes);
  }

  private static Optional<End> end(
      KubernetesObject job,
      Counts counts,
      List<KubernetesObject> active,
      Optional<Instant> deadline,
      Instant now) {
    JsonNode completions = job.spec().path("completions");
    int limit = job.spec().path("backoffLimit").asInt(DEFAULT_BACKOFF_LIMIT);
    boolean complete =
        completions.isNumber()
            ? counts.succeeded() >= completions.asInt()
            : counts.succeeded() > 0 && active.isEmpty();
    if (complete) {
      return Optional.of(End.COMPLETE);
    }
    if (counts.failed() > limit || restarts(job, active) > limit) {
      return Optional.of(End.LIMIT);
    }
    return deadline.filter(time -> !now.isBefore(time)).map(_ -> End.DEADLINE);
  }

  /// Pods that start their containers again count each restart as a failure.
  private static int restarts(KubernetesObject job, List<KubernetesObject> active) {
    String policy = job.spec().at("/template/spec/restartPolicy").asString("");
    if (!policy.equals("OnFailure")) {
      return 0;
    }
    int restarts = 0;
    for (KubernetesObject pod : active) {
      for (String field : List.of("initContainerStatuses", "containerStatuses")) {
        for (JsonNode container : pod.status().path(field)) {
          restarts += container.path("restartCount").asInt(0);
        }
      }
    }
    return restarts;
  }

  private static int wanted(KubernetesObject job, Counts counts) {
    int parallelism = job.spec().path("parallelism").asInt(1);
    JsonNode completions = job.spec().path("completions");
    if (completions.isNumber()) {
      return Math.max(0, Math.min(parallelism, completions.asInt() - counts.succeeded()));
    }
    return counts.succeeded() > 0 ? Math.min(counts.active(), parallelism) : parallelism;
  }

  private static Optional<Instant> deadline(KubernetesObject job) {
    JsonNode seconds = job.spec().path("activeDeadlineSeconds");
    String start = job.status().path("startTime").asString("");
    return seconds.isNumber() && !start.isEmpty()
        ? Optional.of(Instant.parse(start).plusSeconds(seconds.asLong()))
        : Optional.empty();
  }

  /// Each failure makes the next attempt wait twice as long.
  private static Optional<Instant> resume(List<KubernetesObject> owned, Counts counts) {
    List<Instant> ends = new ArrayList<>();
    for (KubernetesObject pod : owned) {
      if (is(pod, "Failed")) {
        for (JsonNode condition : pod.status().path("conditions")) {
          if (condition.path("type").asString("").equals("Ready")) {
            ends.add(Instant.parse(condition.path("lastTransitionTime").asString()));
          }
        }
      }
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(10, Math.max(0, counts.failed() - 1)));
    Duration capped = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    return ends.stream().max(Comparator.naturalOrder()).map(last -> last.plus(capped));
  }

  private static boolean is(KubernetesObject pod, String phase) {
    return pod.status().path("phase").asString("").equals(phase);
  }
}

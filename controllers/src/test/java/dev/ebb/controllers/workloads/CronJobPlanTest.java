package dev.ebb.controllers.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.workloads.CronJobPlan.News;
import dev.ebb.kinds.KubernetesObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class CronJobPlanTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The CronJob is of midnight.
  @ParameterizedTest(name = "{0}, met {1}, at {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          "schedule": "0 * * * *"                                  | -        | 00:30:00 | -        | 01:00:00
          "schedule": "0 * * * *"                                  | -        | 00:59:59 | -        | 01:00:00
          "schedule": "0 * * * *"                                  | -        | 01:00:00 | 01:00:00 | 02:00:00
          "schedule": "0 * * * *"                                  | 01:00:00 | 01:00:10 | -        | 02:00:00
          "schedule": "0 * * * *"                                  | 01:00:00 | 05:10:00 | 05:00:00 | 06:00:00
          "schedule": "0 * * * *", "suspend": true                 | -        | 05:10:00 | -        | -
          "schedule": "0 * * * *", "startingDeadlineSeconds": 600  | -        | 05:10:00 | 05:00:00 | 06:00:00
          "schedule": "0 * * * *", "startingDeadlineSeconds": 600  | -        | 05:10:01 | -        | 06:00:00
          "schedule": "@every 90s"                                 | 01:00:10 | 01:05:00 | 01:04:40 | 01:06:10
          "schedule": "@every 90s", "startingDeadlineSeconds": 10  | 01:00:10 | 01:05:00 | -        | 01:06:10
          "schedule": "0 0 30 2 *"                                 | -        | 05:10:00 | -        | -
          "schedule": "0 3 * * *", "timeZone": "Europe/Berlin"     | -        | 02:10:00 | 02:00:00 | -1
          """)
  void startsTheLastTimeThatIsDue(String spec, String met, String now, String due, String again) {
    KubernetesObject cronJob = cronJob(spec, met == null ? "" : last(met));
    CronJobPlan plan = CronJobPlan.of(cronJob, List.of(), at(now));
    assertThat(plan.start().map(CronJobPlan.Start::time))
        .isEqualTo(Optional.ofNullable(due).map(CronJobPlanTest::at));
    assertThat(plan.again())
        .isEqualTo(
            "-1".equals(again)
                ? Optional.of(Instant.parse("2026-01-02T02:00:00Z"))
                : Optional.ofNullable(again).map(CronJobPlanTest::at));
    assertThat(plan.news()).isEmpty();
  }

  @ParameterizedTest(name = "{0} times")
  @CsvSource({"100, false", "101, true"})
  void moreThanAHundredMissedTimesAreTold(int minutes, boolean told) {
    KubernetesObject cronJob = cronJob("\"schedule\": \"* * * * *\"", "");
    Instant now = at("00:00:00").plusSeconds(60L * minutes);
    CronJobPlan plan = CronJobPlan.of(cronJob, List.of(), now);
    assertThat(plan.start().map(CronJobPlan.Start::time)).contains(now);
    assertThat(plan.news().stream().map(News::reason))
        .isEqualTo(told ? List.of("TooManyMissedTimes") : List.of());
  }

  @Test
  void aDeadlineForgetsTimesThatNobodyCouldMeet() {
    KubernetesObject cronJob =
        cronJob("\"schedule\": \"* * * * *\", \"startingDeadlineSeconds\": 200", "");
    assertThat(CronJobPlan.of(cronJob, List.of(), at("12:00:00")).news()).isEmpty();
  }

  @ParameterizedTest(name = "{0} beside one {1}")
  @CsvSource({
    "Allow, running, true, 0",
    "Forbid, running, false, 0",
    "Forbid, over, true, 0",
    "Replace, running, true, 1",
    "Replace, over, true, 0"
  })
  void theConcurrencyPolicyDecides(String policy, String state, boolean starts, int replaced) {
    KubernetesObject cronJob =
        cronJob("\"schedule\": \"0 * * * *\", \"concurrencyPolicy\": \"%s\"".formatted(policy), "");
    String condition = state.equals("over") ? "Complete" : "";
    CronJobPlan plan =
        CronJobPlan.of(cronJob, List.of(job("earlier", condition, "00:10:00")), at("01:00:00"));
    assertThat(plan.start().isPresent()).isEqualTo(starts);
    assertThat(plan.replaced()).hasSize(replaced);
    assertThat(plan.news().stream().map(News::reason).toList())
        .isEqualTo(starts ? List.of() : List.of("JobAlreadyActive"));
  }

  @Test
  void aJobThatWasMadeBeforeACrashIsNotReplacedByItself() {
    KubernetesObject cronJob =
        cronJob("\"schedule\": \"0 * * * *\", \"concurrencyPolicy\": \"Replace\"", "");
    CronJobPlan first = CronJobPlan.of(cronJob, List.of(), at("01:00:00"));
    KubernetesObject made = first.start().orElseThrow().job();
    CronJobPlan plan = CronJobPlan.of(cronJob, List.of(made), at("01:00:01"));
    assertThat(plan.replaced()).isEmpty();
    assertThat(plan.start().map(start -> start.job().name())).contains(made.name());
  }

  @Test
  void aJobIsNamedByItsMinuteAndSaysItsTime() {
    KubernetesObject cronJob =
        cronJob("\"schedule\": \"0 * * * *\", \"timeZone\": \"Europe/Berlin\"", "");
    KubernetesObject job =
        CronJobPlan.of(cronJob, List.of(), at("01:00:00")).start().orElseThrow().job();
    assertThat(job.name()).isEqualTo("tick-29453820");
    assertThat(job.labels()).containsEntry("app", "tick");
    assertThat(job.annotations())
        .containsEntry(
            "batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T02:00:00+01:00");
    assertThat(job.controller().orElseThrow().uid()).isEqualTo("u1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "suspend": true                                 | c1 f1 f2
          "suspend": true, "successfulJobsHistoryLimit": 0 | c1 c2 c3 c4 f1 f2
          "suspend": true, "failedJobsHistoryLimit": 5     | c1
          """)
  void finishedJobsBeyondTheLimitsGoOldestFirst(String spec, String gone) {
    List<KubernetesObject> jobs =
        List.of(
            job("f3", "Failed", "03:00:00"),
            job("c4", "Complete", "04:00:00"),
            job("c3", "Complete", "03:00:00"),
            job("c1", "Complete", "01:00:00"),
            job("c2", "Complete", "02:00:00"),
            job("f1", "Failed", "01:00:00"),
            job("f2", "Failed", "02:00:00"),
            job("running", "", "00:00:00"));
    KubernetesObject cronJob = cronJob("\"schedule\": \"0 * * * *\", " + spec, "");
    assertThat(CronJobPlan.of(cronJob, jobs, at("05:00:00")).outlived())
        .extracting(KubernetesObject::name)
        .containsExactly(gone.split(" ", -1));
  }

  @Test
  void itTellsWhatBecameOfItsJobs() {
    KubernetesObject cronJob =
        cronJob(
            "\"schedule\": \"0 * * * *\", \"suspend\": true",
            """
            , "status": {"active": [{"name": "done", "uid": "done"}, {"name": "lost", "uid": "lost"}]}
            """);
    List<KubernetesObject> jobs =
        List.of(job("done", "Failed", "01:00:00"), job("alien", "", "01:00:00"));
    assertThat(CronJobPlan.of(cronJob, jobs, at("01:30:00")).news())
        .extracting(news -> news.reason() + ": " + news.message())
        .containsExactlyInAnyOrder(
            "SawCompletedJob: Saw completed job: done, condition: Failed",
            "UnexpectedJob: Saw a job that the controller did not create or forgot: alien",
            "MissingJob: Active job went missing: lost");
  }

  private static Instant at(String time) {
    return Instant.parse("2026-01-01T%sZ".formatted(time));
  }

  private static String last(String time) {
    return ", \"status\": {\"lastScheduleTime\": \"%s\"}".formatted(at(time));
  }

  private static KubernetesObject cronJob(String spec, String more) {
    return parse(
        """
        {"apiVersion": "batch/v1", "kind": "CronJob",
         "metadata": {"name": "tick", "namespace": "default", "uid": "u1",
           "creationTimestamp": "2026-01-01T00:00:00Z"},
         "spec": {%s, "jobTemplate": {"metadata": {"labels": {"app": "tick"}},
           "spec": {"template": {"spec": {"containers": []}}}}}%s}
        """
            .formatted(spec, more));
  }

  private static KubernetesObject job(String name, String condition, String start) {
    String conditions =
        condition.isEmpty()
            ? ""
            : ", \"conditions\": [{\"type\": \"%s\", \"status\": \"True\"}]".formatted(condition);
    String annotations =
        name.equals("alien")
            ? "{}"
            : "{\"batch.kubernetes.io/cronjob-scheduled-timestamp\": \"%s\"}".formatted(at(start));
    return parse(
        """
        {"apiVersion": "batch/v1", "kind": "Job",
         "metadata": {"name": "%s", "namespace": "default", "uid": "%s", "annotations": %s},
         "spec": {}, "status": {"startTime": "%s"%s}}
        """
            .formatted(name, name, annotations, at(start), conditions));
  }

  private static KubernetesObject parse(String json) {
    return new KubernetesObject((ObjectNode) JSON.readTree(json));
  }
}

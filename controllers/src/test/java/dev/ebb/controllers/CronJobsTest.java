package dev.ebb.controllers;

import static dev.ebb.kinds.core.BatchKinds.CRON_JOB;
import static dev.ebb.kinds.core.BatchKinds.JOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The world's clock stands at midnight.
class CronJobsTest extends WorldTest {
  private static final String FIRST = "tick-29453770";

  @Test
  void eachTimeHasItsJobAndTheStatusTellsOfIt() {
    cronJob("");
    assertThat(jobs()).isEmpty();
    pass(Duration.ofMinutes(10));
    await()
        .untilAsserted(() -> {
          assertThat(status("active")).hasSize(1);
          assertThat(cronJob().status().at("/active/0/name").asString()).isEqualTo(FIRST);
          assertThat(cronJob().status().path("lastScheduleTime").asString())
              .isEqualTo("2026-01-01T00:10:00Z");
        });
    assertThat(jobs()).containsExactly(FIRST);

    finish();
    await()
        .until(() ->
            cronJob().status().has("lastSuccessfulTime") && !cronJob().status().has("active"));
    await()
        .untilAsserted(() ->
            assertThat(events())
                .contains(
                    "SuccessfulCreate: Created job " + FIRST,
                    "SawCompletedJob: Saw completed job: %s, condition: Complete"
                        .formatted(FIRST)));
    assertThat(jobs()).containsExactly(FIRST);
  }

  @Test
  void aNewJobReplacesTheOneThatStillRuns() {
    cronJob("\"concurrencyPolicy\": \"Replace\", ");
    pass(Duration.ofMinutes(10));
    await().until(() -> world.instances.list().size() == 1);
    pass(Duration.ofMinutes(10));
    await().until(() -> jobs().equals(List.of("tick-29453780")));
    await()
        .untilAsserted(() -> {
          assertThat(cronJob().status().at("/active/0/name").asString(""))
              .isEqualTo("tick-29453780");
          assertThat(status("active")).hasSize(1);
        });
  }

  @Test
  void aTimeThatIsForbiddenIsMetWhenTheJobIsOver() {
    cronJob("\"concurrencyPolicy\": \"Forbid\", ");
    pass(Duration.ofMinutes(10));
    await().until(() -> status("active").size() == 1);
    pass(Duration.ofMinutes(10));
    await().until(() -> events().stream().anyMatch(event -> event.startsWith("JobAlreadyActive")));
    assertThat(jobs()).containsExactly(FIRST);
    finish();
    await().until(() -> jobs().size() == 2);
  }

  @Test
  void onlyTheNewestFinishedJobsStay() {
    cronJob("\"successfulJobsHistoryLimit\": 1, ");
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofMinutes(10));
      finish();
    }
    await().until(() -> jobs().equals(List.of("tick-29453790")));
  }

  @Test
  void aServerThatStartsAgainMeetsTheLastTimeOnce() throws Exception {
    cronJob("");
    pass(Duration.ofMinutes(10));
    await().until(() -> status("active").size() == 1);
    finish();
    await()
        .until(() ->
            cronJob().status().has("lastSuccessfulTime") && !cronJob().status().has("active"));
    world.controllers.close();
    world.resources.clock().advance(Duration.ofMinutes(35));
    world.restart();
    await().until(() -> status("active").size() == 1);
    assertThat(jobs()).containsExactly(FIRST, "tick-29453800");
  }

  private void cronJob(String more) {
    world.create(
        CRON_JOB,
        """
        {"apiVersion": "batch/v1", "kind": "CronJob",
         "metadata": {"name": "tick", "namespace": "default"},
         "spec": {"schedule": "*/10 * * * *", %s"jobTemplate": {"spec": {"template": {"spec": {
           "restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox"}]}}}}}}
        """
            .formatted(more));
  }

  /// The queue waits by a clock of its own: a change makes the controller look.
  private void pass(Duration time) {
    world.resources.clock().advance(time);
    String now = world.resources.clock().instant().toString();
    world.change(
        CRON_JOB, "tick", json -> json.withObject("/metadata/annotations").put("look", now));
  }

  private void finish() {
    await().until(() -> !world.instances.list().isEmpty());
    Instance instance = world.instances.list().getFirst();
    ExitStatus exit = new ExitStatus(0, 0, "Completed", "");
    world.instances.containers(
        instance.id(), "10.0.0.9", List.of(PlainPodsTest.terminated("main", exit)));
    world.instances.exit(instance.id(), exit);
    await()
        .until(
            () -> world.instances.list().stream().noneMatch(one -> one.id().equals(instance.id())));
  }

  private KubernetesObject cronJob() {
    return world.get(CRON_JOB, "tick");
  }

  private JsonNode status(String field) {
    return cronJob().status().path(field);
  }

  private List<String> jobs() {
    return world.resources.list(JOB, ListQuery.in("default")).items().stream()
        .filter(job -> job.deletionTimestamp().isEmpty())
        .map(KubernetesObject::name)
        .toList();
  }

  private List<String> events() {
    return world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
        .filter(event -> event.json().at("/involvedObject/kind").asString().equals("CronJob"))
        .map(event ->
            event.json().path("reason").asString() + ": " + event.json().path("message").asString())
        .toList();
  }
}

package dev.ebb.controllers;

import static dev.ebb.kinds.core.BatchKinds.JOB;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class JobsTest extends WorldTest {
  @Test
  void aJobIsCompleteWhenItsPodSucceeded() {
    job("");
    await().until(() -> number("active") == 1);
    finish(0);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(JOB, "work", "Complete").isTrue()).isTrue();
          assertThat(world.condition(JOB, "work", "Complete").reason())
              .isEqualTo("CompletionsReached");
          assertThat(number("succeeded")).isEqualTo(1);
          assertThat(number("active")).isZero();
          assertThat(job().status().path("completionTime").asString("")).isNotEmpty();
        });
    assertThat(pods()).hasSize(1);
  }

  @Test
  void asManyRunAtOnceAsItAllows() {
    job("\"completions\": 5, \"parallelism\": 2, ");
    for (int done = 0; done < 5; done++) {
      await().until(() -> !world.instances.list().isEmpty());
      assertThat(world.instances.list().size()).isLessThanOrEqualTo(2);
      finish(0);
    }
    await().until(() -> world.condition(JOB, "work", "Complete").isTrue());
    assertThat(number("succeeded")).isEqualTo(5);
    assertThat(pods()).hasSize(5);
  }

  @Test
  void aFailureIsTriedAgainLaterAndNotForEver() {
    job("\"backoffLimit\": 1, ");
    finish(1);
    await().until(() -> number("failed") == 1);
    assertThat(world.instances.list()).isEmpty();

    world.resources.clock().advance(Duration.ofSeconds(11));
    world.change(JOB, "work", json -> json.withObject("/metadata/annotations").put("look", "1"));
    finish(1);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(JOB, "work", "Failed").isTrue()).isTrue();
          assertThat(world.condition(JOB, "work", "Failed").reason())
              .isEqualTo("BackoffLimitExceeded");
          assertThat(world.condition(JOB, "work", "Failed").message())
              .isEqualTo("Job has reached the specified backoff limit");
          assertThat(number("failed")).isEqualTo(2);
        });
  }

  @Test
  void aJobThatTakesTooLongFailsAndItsPodsEnd() {
    job("\"activeDeadlineSeconds\": 30, ");
    await().until(() -> world.instances.list().size() == 1);
    await().until(() -> job().status().has("startTime"));
    world.resources.clock().advance(Duration.ofSeconds(31));
    world.change(JOB, "work", json -> json.withObject("/metadata/annotations").put("look", "1"));
    await().until(() -> world.condition(JOB, "work", "Failed").isTrue());
    assertThat(world.condition(JOB, "work", "Failed").reason()).isEqualTo("DeadlineExceeded");
    await().until(() -> world.instances.list().isEmpty());
  }

  @Test
  void aSuspendedJobHasNoPodsUntilItGoesOn() {
    job("\"suspend\": true, ");
    await().until(() -> world.condition(JOB, "work", "Suspended").isTrue());
    assertThat(pods()).isEmpty();
    world.change(JOB, "work", json -> json.withObject("/spec").put("suspend", false));
    await().until(() -> world.instances.list().size() == 1);
    await().until(() -> world.condition(JOB, "work", "Suspended").isFalse());
    world.change(JOB, "work", json -> json.withObject("/spec").put("suspend", true));
    await().until(() -> world.instances.list().isEmpty());
  }

  @Test
  void anIndexedJobHasAPodForEachIndex() {
    job("\"completionMode\": \"Indexed\", \"completions\": 3, \"parallelism\": 3, ");
    await().until(() -> world.instances.list().size() == 3);
    Set<String> indexes = new HashSet<>();
    for (KubernetesObject pod : pods()) {
      assertThat(pod.spec().at("/containers/0/env/0/name").asString())
          .isEqualTo("JOB_COMPLETION_INDEX");
      indexes.add(pod.spec().at("/containers/0/env/0/value").asString());
      assertThat(pod.spec().path("hostname").asString()).matches("work-[012]");
    }
    assertThat(indexes).containsExactlyInAnyOrder("0", "1", "2");
    for (int i = 0; i < 3; i++) {
      finish(0);
    }
    await().until(() -> world.condition(JOB, "work", "Complete").isTrue());
    assertThat(job().status().path("completedIndexes").asString()).isEqualTo("0-2");
  }

  @Test
  void aJobThatIsOverGoesAfterItsTime() {
    job("\"ttlSecondsAfterFinished\": 0, ");
    finish(0);
    await().until(() -> !world.exists(JOB, "work"));
  }

  private void job(String more) {
    world.create(
        JOB,
        """
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work", "namespace": "default"},
         "spec": {%s"template": {"spec": {"restartPolicy": "Never",
           "containers": [{"name": "main", "image": "busybox"}]}}}}
        """
            .formatted(more));
  }

  private void finish(int code) {
    await().until(() -> !world.instances.list().isEmpty());
    Instance instance = world.instances.list().getFirst();
    ExitStatus exit = new ExitStatus(code, 0, code == 0 ? "Completed" : "Error", "");
    world.instances.containers(
        instance.id(), "10.0.0.9", List.of(PlainPodsTest.terminated("main", exit)));
    world.instances.exit(instance.id(), exit);
  }

  private int number(String field) {
    return job().status().path(field).asInt(0);
  }

  private KubernetesObject job() {
    return world.get(JOB, "work");
  }

  private List<KubernetesObject> pods() {
    return world.resources.list(POD, ListQuery.in("default")).items();
  }
}

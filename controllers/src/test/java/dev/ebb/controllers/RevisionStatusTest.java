package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.RevisionInstances.Failure;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.InstanceId;
import dev.ebb.dataplane.RevisionId;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class RevisionStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Failure CRASH =
      new Failure.Crashed(new ExitStatus(1, 0, "Error", "boom\n"), false);

  static Stream<Arguments> rows() {
    return Stream.of(
        row("a new one is deploying", false, 1, 1, instances(0, 1), "Unknown Deploying", "Queued"),
        row("its first instance proves it", false, 1, 1, instances(1, 0), "True", ""),
        row(
            "fewer than its initial scale do not",
            false,
            2,
            2,
            instances(1, 1),
            "Unknown Deploying",
            ""),
        row(
            "an initial scale of zero needs no proof",
            false,
            0,
            0,
            instances(0, 0),
            "True",
            "NoTraffic"),
        row(
            "a crash before it was ready",
            false,
            1,
            1,
            instances(0, 0, CRASH),
            "False ExitCode1",
            "Queued"),
        row(
            "a second attempt does not hide the crash",
            false,
            1,
            1,
            instances(0, 1, CRASH),
            "False ExitCode1",
            "Queued"),
        row(
            "an image that nothing can run",
            false,
            1,
            1,
            instances(0, 0, refused("ImageNotSupported", true)),
            "False ImageNotSupported",
            "ImageNotSupported"),
        row(
            "a full machine",
            false,
            1,
            1,
            instances(0, 0, refused("MachineBudgetExceeded", false)),
            "Unknown MachineBudgetExceeded",
            "MachineBudgetExceeded"),
        row(
            "a machine that can never hold it",
            false,
            1,
            1,
            instances(0, 0, refused("MachineBudgetExceeded", true)),
            "False MachineBudgetExceeded",
            "MachineBudgetExceeded"),
        row(
            "a start that takes too long",
            false,
            1,
            1,
            instances(0, 0, new Failure.Crashed(new ExitStatus(137, 9, "StartTimeout", ""), false)),
            "False StartTimeout",
            "Queued"),
        row("at zero it stays ready", true, 1, 0, instances(0, 0), "True", "NoTraffic"),
        row("on the way from zero too", true, 1, 1, instances(0, 1), "True", "Queued"),
        row(
            "a crash of the last one is told",
            true,
            1,
            1,
            instances(0, 0, CRASH),
            "False ExitCode1",
            "Queued"),
        row(
            "a crash that nobody forgave is told even at zero",
            true,
            1,
            0,
            instances(0, 0, CRASH),
            "False ExitCode1",
            "NoTraffic"),
        row("a crash of one of two is not", true, 1, 2, instances(1, 0, CRASH), "True", ""),
        row(
            "a full machine does not make it bad",
            true,
            1,
            1,
            instances(0, 0, refused("MachineBudgetExceeded", false)),
            "True",
            "MachineBudgetExceeded"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void theConditionsTellTheTruth(
      String name,
      boolean wasReady,
      int initialScale,
      int desired,
      RevisionInstances instances,
      String ready,
      String active) {
    KubernetesObject revision =
        World.parse(
            """
            {"metadata": {"name": "r", "namespace": "default", "generation": 1},
             "spec": {"containers": [{"name": "user-container", "image": "%s"}]}}
            """
                .formatted(World.IMAGE));
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    if (wasReady) {
      status = RevisionStatus.plan(status, revision, instances(1, 0), 1, 1, NOW);
    }
    status =
        RevisionStatus.plan(status, revision, instances, initialScale, desired, NOW.plusSeconds(1));

    Condition condition = Condition.of(status, "Ready").orElseThrow();
    assertThat((condition.status().word() + " " + condition.reason()).strip()).isEqualTo(ready);
    assertThat(Condition.of(status, "Active").orElseThrow().reason()).isEqualTo(active);
    assertThat(status.path("actualReplicas").asInt()).isEqualTo(instances.ready());
    assertThat(status.path("containerStatuses").path(0).path("imageDigest").asString())
        .isEqualTo(World.IMAGE);
    // The same once more changes nothing, not even a time.
    assertThat(
            RevisionStatus.plan(
                status.deepCopy(), revision, instances, initialScale, desired, NOW.plusSeconds(9)))
        .isEqualTo(status);
  }

  @Test
  void aCrashIsOverWhenTheRevisionRests() {
    KubernetesObject revision = World.parse("{\"metadata\": {\"name\": \"r\"}, \"spec\": {}}");
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status = RevisionStatus.plan(status, revision, instances(1, 0), 1, 1, NOW);
    RevisionInstances crashed = instances(0, 0, CRASH);
    status = RevisionStatus.plan(status, revision, crashed, 1, 1, NOW);
    assertThat(Condition.of(status, "Ready").orElseThrow().isFalse()).isTrue();
    KubernetesObject stored = revision.withStatus(status);

    assertThat(RevisionStatus.isAtRest(stored, crashed, 1)).as("somebody waits").isFalse();
    assertThat(RevisionStatus.isAtRest(stored, instances(0, 1, CRASH), 0)).isFalse();
    assertThat(RevisionStatus.isAtRest(revision, crashed, 0)).as("it never worked").isFalse();
    assertThat(RevisionStatus.isAtRest(stored, crashed, 0)).isTrue();
    status = RevisionStatus.plan(status, revision, crashed.withoutFailure(), 1, 0, NOW);
    assertThat(Condition.of(status, "Ready").orElseThrow().isTrue()).isTrue();
  }

  @Test
  void whyAContainerIsNotReadyYetIsTold() {
    KubernetesObject revision = World.parse("{\"metadata\": {\"name\": \"r\"}, \"spec\": {}}");
    InstanceId id = new InstanceId("r-0");
    String why = "Readiness probe failed: the program listens on port 1, not on 8080";
    ContainerState container =
        new ContainerState(
            "user-container",
            ContainerState.Phase.RUNNING,
            "",
            why,
            true,
            false,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            World.IMAGE);
    Instance starting =
        new Instance(
            id,
            new RevisionId("default", "r"),
            Phase.STARTING,
            false,
            Optional.empty(),
            1,
            NOW,
            Optional.empty(),
            true,
            Optional.empty(),
            "",
            List.of(container));
    ObjectNode status =
        RevisionStatus.plan(
            JsonNodeFactory.instance.objectNode(),
            revision,
            new RevisionInstances(Map.of(id, starting), Optional.empty()),
            1,
            1,
            NOW);
    assertThat(Condition.of(status, "ContainerHealthy").orElseThrow())
        .isEqualTo(new Condition("ContainerHealthy", Condition.Status.UNKNOWN, "Deploying", why));
    status = RevisionStatus.plan(status, revision, instances(1, 0), 1, 1, NOW);
    assertThat(Condition.of(status, "Ready").orElseThrow().isTrue()).isTrue();
  }

  private static Arguments row(
      String name,
      boolean wasReady,
      int initialScale,
      int desired,
      RevisionInstances instances,
      String ready,
      String active) {
    return Arguments.of(name, wasReady, initialScale, desired, instances, ready, active);
  }

  private static Failure refused(String reason, boolean permanent) {
    return new Failure.Refused(reason, "no", permanent);
  }

  private static RevisionInstances instances(int ready, int starting, Failure... failure) {
    Map<InstanceId, Instance> live = new LinkedHashMap<>();
    for (int i = 0; i < ready + starting; i++) {
      InstanceId id = new InstanceId("r-" + i);
      Phase phase = i < ready ? Phase.READY : Phase.STARTING;
      live.put(
          id,
          new Instance(
              id,
              new RevisionId("default", "r"),
              phase,
              Optional.empty(),
              1,
              NOW,
              Optional.empty(),
              true,
              Optional.empty()));
    }
    return new RevisionInstances(live, Stream.of(failure).findFirst());
  }
}

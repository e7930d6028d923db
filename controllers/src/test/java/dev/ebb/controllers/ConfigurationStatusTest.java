package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ConfigurationStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final KubernetesObject ONE = revision(1, "True", "True", "");
  private static final KubernetesObject NEW = revision(2, "Unknown", "Unknown", "");
  private static final KubernetesObject TWO = revision(2, "True", "True", "");
  private static final KubernetesObject CRASHED = revision(2, "True", "False", "boom");
  private static final KubernetesObject BROKEN = revision(2, "Unknown", "False", "boom");

  static Stream<Arguments> rows() {
    return Stream.of(
        row("the first one starts", new Child.Owned(NEW), List.of(NEW), "", "Unknown", ""),
        row("the newest is ready", new Child.Owned(TWO), List.of(ONE, TWO), "hello-2", "True", ""),
        row("an update starts", new Child.Owned(NEW), List.of(ONE, NEW), "hello-1", "Unknown", ""),
        row(
            "an update fails: the older one stays the latest ready",
            new Child.Owned(BROKEN),
            List.of(ONE, BROKEN),
            "hello-1",
            "False RevisionFailed",
            "Revision \"hello-2\" failed with message: boom."),
        row(
            "a crash of one that was ready moves nothing back",
            new Child.Owned(CRASHED),
            List.of(ONE, CRASHED),
            "hello-2",
            "False RevisionFailed",
            "Revision \"hello-2\" failed with message: boom."),
        row(
            "a name that is taken",
            new Child.Foreign(TWO),
            List.of(ONE),
            "hello-1",
            "False RevisionFailed",
            "Revision creation failed with message: revisions.serving.knative.dev \"hello-2\""
                + " already exists."),
        row(
            "the template went back to an older one by its name",
            new Child.Owned(ONE),
            List.of(ONE, TWO),
            "hello-1",
            "True",
            ""),
        row("all are gone", new Child.Owned(NEW), List.of(), "", "Unknown", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void itTellsOfTheNewestAndKeepsTheNewestThatWasReady(
      String name,
      Child latest,
      List<KubernetesObject> revisions,
      String latestReady,
      String ready,
      String message) {
    KubernetesObject configuration =
        World.parse("{\"metadata\": {\"name\": \"hello\", \"generation\": 2}}");
    ObjectNode before = JsonNodeFactory.instance.objectNode();
    before.put("latestReadyRevisionName", "hello-0");

    ObjectNode status = ConfigurationStatus.plan(before, configuration, latest, revisions, NOW);

    assertThat(status.path("observedGeneration").asLong()).isEqualTo(2);
    assertThat(status.path("latestReadyRevisionName").asString("")).isEqualTo(latestReady);
    Condition condition = Condition.of(status, "Ready").orElseThrow();
    assertThat((condition.status().word() + " " + condition.reason()).strip()).isEqualTo(ready);
    assertThat(condition.message())
        .isEqualTo(
            ready.equals("Unknown")
                ? "Configuration \"hello\" is waiting for a Revision to become ready."
                : message);
  }

  @Test
  void whatIsKnownOfTheReasonIsToldToWhoeverWaits() {
    KubernetesObject configuration = World.parse("{\"metadata\": {\"name\": \"hello\"}}");
    KubernetesObject waits = revision(1, "Unknown", "Unknown", "it listens on port 1");

    ObjectNode status =
        ConfigurationStatus.plan(
            JsonNodeFactory.instance.objectNode(),
            configuration,
            new Child.Owned(waits),
            List.of(waits),
            NOW);

    assertThat(Condition.of(status, "Ready").orElseThrow().message())
        .isEqualTo(
            "Configuration \"hello\" is waiting for a Revision to become ready: it listens on port 1.");
  }

  private static Arguments row(
      String name,
      Child latest,
      List<KubernetesObject> revisions,
      String latestReady,
      String ready,
      String message) {
    return Arguments.of(name, latest, revisions, latestReady, ready, message);
  }

  private static KubernetesObject revision(
      int generation, String available, String ready, String message) {
    return World.parse(
        """
        {"metadata": {"name": "hello-%1$d",
                      "labels": {"serving.knative.dev/configurationGeneration": "%1$d"}},
         "status": {"conditions": [{"type": "ResourcesAvailable", "status": "%2$s"},
                                   {"type": "Ready", "status": "%3$s", "message": "%4$s"}]}}
        """
            .formatted(generation, available, ready, message));
  }
}

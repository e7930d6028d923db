package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.RevisionRetention.Plan;
import dev.ebb.kinds.KubernetesObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RevisionRetentionTest {
  private static final Instant NOW = Instant.parse("2026-01-10T00:00:00Z");

  @Test
  void withoutSettingsKnativesDefaultsHold() {
    RevisionRetention defaults =
        new RevisionRetention(
            Optional.of(Duration.ofHours(48)),
            Optional.of(Duration.ofHours(15)),
            20,
            OptionalInt.of(1000));

    assertThat(RevisionRetention.of(Map.of())).isEqualTo(defaults);
    assertThat(
            RevisionRetention.of(
                Map.of("min-non-active-revisions", "-1", "retain-since-create-time", "soon")))
        .isEqualTo(defaults);
    assertThat(
            RevisionRetention.of(
                Map.of(
                    "retain-since-create-time", "disabled",
                    "retain-since-last-active-time", "disabled",
                    "min-non-active-revisions", "0",
                    "max-non-active-revisions", "disabled")))
        .isEqualTo(
            new RevisionRetention(Optional.empty(), Optional.empty(), 0, OptionalInt.empty()));
  }

  /// Revisions are `hours since create/hours since last active`, named r0, r1, ...
  @ParameterizedTest
  @CsvSource({
    // create, active, min, max, revisions, garbage, hours until the next
    "48h, 15h, 0, 9, '', '', ''",
    "48h, 15h, 0, 9, '50/20', 'r0', ''",
    "48h, 15h, 0, 9, '40/20', '', '8'",
    "48h, 15h, 0, 9, '50/10', '', '5'",
    "48h, 15h, 0, 9, '48/15', 'r0', ''",
    "48h, 15h, 1, 9, '50/20', '', ''",
    "48h, 15h, 1, 9, '50/20 60/30', 'r1', ''",
    "48h, 15h, 1, 9, '50/20 60/10 60/30', 'r2 r0', ''",
    "48h, 15h, 1, 9, '40/20 60/10', '', '5'",
    "48h, 15h, 0, 1, '1/1 2/2 3/3', 'r2 r1', '47'",
    "48h, 15h, 2, 1, '1/1 2/2 3/3', 'r2', ''",
    "disabled, 15h, 0, 9, '1/20', 'r0', ''",
    "48h, disabled, 0, 9, '50/1', 'r0', ''",
    "disabled, disabled, 0, 9, '999/999', '', ''",
    "disabled, disabled, 0, disabled, '999/999 999/999', '', ''"
  })
  void whatIsStaleGoesTheLongestInactiveFirstWhileEnoughAreLeft(
      String create,
      String active,
      String least,
      String most,
      String revisions,
      String garbage,
      String next) {
    RevisionRetention retention =
        RevisionRetention.of(
            Map.of(
                "retain-since-create-time", create,
                "retain-since-last-active-time", active,
                "min-non-active-revisions", least,
                "max-non-active-revisions", most));

    Plan plan = retention.plan(parse(revisions), NOW);

    assertThat(String.join(" ", plan.garbage().stream().map(KubernetesObject::name).toList()))
        .isEqualTo(garbage);
    assertThat(plan.next().map(time -> "" + Duration.between(NOW, time).toHours()).orElse(""))
        .isEqualTo(next);
  }

  @Test
  void anAnnotationThatIsNoTimeCountsAsTheCreation() {
    KubernetesObject revision =
        parse("50/1")
            .getFirst()
            .with(json ->
                json.withObject("/metadata/annotations")
                    .put(Labels.ROUTING_STATE_MODIFIED, "yesterday"));

    assertThat(
            RevisionRetention.of(Map.of("min-non-active-revisions", "0"))
                .plan(List.of(revision), NOW)
                .garbage())
        .containsExactly(revision);
  }

  private static List<KubernetesObject> parse(String revisions) {
    List<KubernetesObject> list = new ArrayList<>();
    for (String revision : revisions.strip().split(" ")) {
      String[] hours = revision.split("/", -1);
      if (hours.length == 2) {
        list.add(
            World.parse(
                """
                {"metadata": {"name": "r%d", "creationTimestamp": "%s",
                  "annotations": {"serving.knative.dev/routingStateModified": "%s"}}}
                """
                    .formatted(list.size(), before(hours[0]), before(hours[1]))));
      }
    }
    return list;
  }

  private static Instant before(String hours) {
    return NOW.minus(Duration.ofHours(Long.parseLong(hours)));
  }
}

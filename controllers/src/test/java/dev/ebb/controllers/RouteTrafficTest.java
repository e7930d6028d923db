package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.controllers.RouteTraffic.Resolution;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTrafficTest {
  /// Revisions `ready`, `starting` and `broken`; Configurations whose newest ready revision is
  /// `ready`, that wait for their first and that have failed, and one that points to nothing.
  private static final Map<ObjectKey, KubernetesObject> OBJECTS =
      Stream.of(
              revision("ready", "True", "True"),
              revision("crashed", "True", "False"),
              revision("starting", "Unknown", "Unknown"),
              revision("broken", "Unknown", "False"),
              configuration("works", "ready", "True"),
              configuration("updates", "ready", "Unknown"),
              configuration("waits", "", "Unknown"),
              configuration("fails", "", "False"),
              configuration("dangles", "deleted", "True"))
          .collect(Collectors.toMap(KubernetesObject::key, object -> object));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'revisionName': 'ready', 'percent': 100} | ready:100",
        "{'configurationName': 'works', 'percent': 100} | ready:100 latest",
        "{'configurationName': 'updates', 'percent': 100} | ready:100 latest",
        "{'revisionName': 'crashed', 'percent': 100} | crashed:100",
        "{'revisionName': 'ready', 'percent': 90}, {'configurationName': 'works', 'percent': 10}"
            + " | ready:90, ready:10 latest",
        "{'revisionName': 'ready', 'tag': 'next'} | ready:0 #next",
        "{'revisionName': 'nobody', 'percent': 100}"
            + " | False RevisionMissing Revision \"nobody\" referenced in traffic not found.",
        "{'configurationName': 'nobody', 'percent': 100}"
            + " | False ConfigurationMissing"
            + " Configuration \"nobody\" referenced in traffic not found.",
        "{'percent': 100}"
            + " | False ConfigurationMissing"
            + " Configuration \"hello\" referenced in traffic not found.",
        "{'configurationName': 'dangles', 'percent': 100}"
            + " | False RevisionMissing Revision \"deleted\" referenced in traffic not found.",
        "{'revisionName': 'starting', 'percent': 100}"
            + " | Unknown RevisionMissing Revision \"starting\" is not yet ready.",
        "{'revisionName': 'broken', 'percent': 100}"
            + " | False RevisionMissing Revision \"broken\" failed to become ready.",
        "{'configurationName': 'waits', 'percent': 100}"
            + " | Unknown RevisionMissing"
            + " Configuration \"waits\" is waiting for a Revision to become ready.",
        "{'configurationName': 'fails', 'percent': 100}"
            + " | False RevisionMissing Configuration \"fails\" does not have any ready Revision.",
        "{'revisionName': 'ready', 'percent': 99}, {'revisionName': 'nobody', 'percent': 1}"
            + " | False RevisionMissing Revision \"nobody\" referenced in traffic not found."
      })
  void trafficGoesToRevisionsThatWereReadyOrStaysWhereItIs(String traffic, String expected) {
    assertThat(describe(resolve(traffic))).isEqualTo(expected);
  }

  @Test
  void whatTheStatusSaysIsWhereAServerThatStartsGoesOn() {
    KubernetesObject route =
        World.parse(
            """
            {"kind": "Route", "metadata": {"name": "hello", "namespace": "default"},
             "status": {"traffic": [
               {"revisionName": "a", "percent": 60, "latestRevision": true},
               {"revisionName": "b", "percent": 40, "tag": "old"}]}}
            """);

    assertThat(RouteTraffic.current(route).stream().map(RouteTrafficTest::describe))
        .containsExactly("a:60 latest", "b:40 #old");
  }

  private static Resolution resolve(String traffic) {
    KubernetesObject route =
        World.parse(
            """
            {"kind": "Route", "metadata": {"name": "hello", "namespace": "default"},
             "spec": {"traffic": [%s]}}
            """
                .formatted(traffic.replace('\'', '"')));
    return new RouteTraffic(route, key -> find("Configuration", key), key -> find("Revision", key))
        .resolve();
  }

  private static Optional<KubernetesObject> find(String kind, ObjectKey key) {
    return Optional.ofNullable(OBJECTS.get(key))
        .filter(object -> object.groupVersionKind().kind().equals(kind));
  }

  private static KubernetesObject revision(String name, String available, String ready) {
    return World.parse(
        """
        {"kind": "Revision", "metadata": {"name": "%s", "namespace": "default"},
         "status": {"conditions": [{"type": "ResourcesAvailable", "status": "%s"},
                                   {"type": "Ready", "status": "%s"}]}}
        """
            .formatted(name, available, ready));
  }

  private static KubernetesObject configuration(String name, String latestReady, String ready) {
    return World.parse(
        """
        {"kind": "Configuration", "metadata": {"name": "%s", "namespace": "default"},
         "status": {"latestReadyRevisionName": "%s",
                    "conditions": [{"type": "Ready", "status": "%s"}]}}
        """
            .formatted(name, latestReady, ready));
  }

  private static String describe(Resolution resolution) {
    return switch (resolution) {
      case Resolution.Resolved(Rollout rollout) ->
          rollout.targets().stream()
              .map(RouteTrafficTest::describe)
              .collect(Collectors.joining(", "));
      case Resolution.Unresolved(var condition) ->
          "%s %s %s".formatted(condition.status().word(), condition.reason(), condition.message());
    };
  }

  private static String describe(RouteAssignment.Target target) {
    return target.revision().name()
        + ":"
        + target.percent()
        + (target.latestRevision() ? " latest" : "")
        + target.tag().map(tag -> " #" + tag).orElse("");
  }
}

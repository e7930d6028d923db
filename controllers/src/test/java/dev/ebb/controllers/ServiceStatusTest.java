package dev.ebb.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.reconcile.Children.Child;
import dev.ebb.reconcile.Condition;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ServiceStatusTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String READY = "'status': 'True'";
  private static final String WAITING = "'status': 'Unknown', 'reason': 'Deploying'";
  private static final String FAILED =
      "'status': 'False', 'reason': 'RevisionFailed', 'message': 'boom'";
  private static final String TAKEN =
      "'status': 'False', 'reason': 'RevisionFailed', 'message': 'Revision creation failed with"
          + " message: revisions.serving.knative.dev \\\"hello-00001\\\" already exists.'";

  static Stream<Arguments> rows() {
    return Stream.of(
        row("all is well", configuration(1, READY), route(1, "hello-1", READY), "True", "True"),
        row(
            "the Configuration has not seen the new spec",
            configuration(0, READY),
            route(1, "hello-1", READY),
            "Unknown OutOfDate",
            "True"),
        row(
            "the Route has not seen the new spec",
            configuration(1, READY),
            route(0, "hello-1", READY),
            "True",
            "Unknown OutOfDate"),
        row(
            "the Route has not seen the newest revision",
            configuration(1, READY),
            route(1, "hello-0", READY),
            "True",
            "Unknown TrafficNotMigrated"),
        row(
            "the newest revision takes over gradually",
            configuration(1, READY),
            route(1, "hello-0", "'status': 'Unknown', 'reason': 'RolloutInProgress'"),
            "True",
            "Unknown RolloutInProgress"),
        row(
            "a first revision starts",
            configuration(1, WAITING),
            route(1, "hello-1", WAITING),
            "Unknown Deploying",
            "Unknown Deploying"),
        row(
            "an update fails while the older one serves",
            configuration(1, FAILED),
            route(1, "hello-1", READY),
            "False RevisionFailed",
            "True"),
        row(
            "a revision's name is taken: traffic cannot move on",
            configuration(1, TAKEN),
            route(1, "hello-1", READY),
            "False RevisionFailed",
            "False RevisionNameTaken"),
        row(
            "a name that was taken under an older spec",
            configuration(0, TAKEN),
            route(1, "hello-1", READY),
            "Unknown OutOfDate",
            "True"),
        row(
            "a Configuration of somebody else",
            new Child.Foreign(World.parse("{}")),
            route(1, "", READY),
            "False NotOwned",
            "True"),
        row(
            "a Route of somebody else",
            configuration(1, READY),
            new Child.Foreign(World.parse("{}")),
            "True",
            "False NotOwned"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void itTellsWhatItsConfigurationAndRouteTell(
      String name, Child configuration, Child route, String configurations, String routes) {
    KubernetesObject service =
        World.parse("{\"metadata\": {\"name\": \"hello\", \"generation\": 7}}");

    ObjectNode status =
        ServiceStatus.plan(
            JsonNodeFactory.instance.objectNode(), service, configuration, Optional.of(route), NOW);

    assertThat(words(status, "ConfigurationsReady")).isEqualTo(configurations);
    assertThat(words(status, "RoutesReady")).isEqualTo(routes);
    assertThat(words(status, "Ready"))
        .isEqualTo(
            configurations.startsWith("False") && !routes.endsWith("RevisionNameTaken")
                ? configurations
                : routes.startsWith("False") || configurations.equals("True")
                    ? routes
                    : configurations);
    assertThat(status.path("observedGeneration").asLong()).isEqualTo(7);
    assertThat(status.has("url")).isEqualTo(route instanceof Child.Owned);
  }

  private static String words(ObjectNode status, String type) {
    Condition condition = Condition.of(status, type).orElseThrow();
    return (condition.status().word() + " " + condition.reason()).strip();
  }

  private static Child configuration(int observed, String ready) {
    return child(observed, "'latestReadyRevisionName': 'hello-1'", ready);
  }

  private static Child route(int observed, String revision, String ready) {
    return child(
        observed,
        "'url': 'http://hello', 'traffic': [{'latestRevision': true, 'revisionName': '%s'}]"
            .formatted(revision),
        ready);
  }

  private static Child child(int observed, String status, String ready) {
    return new Child.Owned(
        World.parse(
            """
            {'metadata': {'name': 'hello', 'generation': 1},
             'status': {'observedGeneration': %d, %s, 'conditions': [{'type': 'Ready', %s}]}}
            """
                .formatted(observed, status, ready)
                .replace('\'', '"')));
  }

  private static Arguments row(
      String name, Child configuration, Child route, String configurations, String routes) {
    return Arguments.of(name, configuration, route, configurations, routes);
  }
}

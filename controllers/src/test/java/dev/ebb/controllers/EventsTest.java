package dev.ebb.controllers;

import static dev.ebb.controllers.World.id;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.serving.ServingKinds.CONFIGURATION;
import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What `describe` tells below an object.
class EventsTest extends WorldTest {
  private static final String HOST = "hello.default.localhost";

  @Test
  void aCrashLeavesAnEventThatCounts() {
    world.deployHello();
    for (int i = 0; i < 2; i++) {
      var instance = world.awaitInstance("hello-00001", Phase.READY);
      world.instances.exit(instance.id(), FakeInstances.crash(3, "boom"));
      world.scaler.raise(id("hello-00001"));
      world.becomeReady("hello-00001");
    }
    await()
        .until(() ->
            world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
                .anyMatch(event ->
                    event.json().path("reason").asString().equals("InstanceFailed")
                        && event.json().path("count").asInt() == 2
                        && event.json().path("message").asString().contains("boom")));
  }

  @Test
  void eventsTellTheStoryOfAServiceAndOfItsRevisions() {
    world.deployHello();
    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", "1"));
    var instance = world.awaitInstance("hello-00002", Phase.STARTING);
    world.instances.exit(instance.id(), FakeInstances.crash(3, ""));
    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());
    world.scaler.decide(id("hello-00001"), 0);

    String crash = "Container failed with exit code 3 and no output";
    await()
        .untilAsserted(() -> {
          assertThat(eventsOf("Service", "hello"))
              .contains(
                  "Created: Created Configuration \"hello\"",
                  "Created: Created Route \"hello\"",
                  "Created: Created Revision \"hello-00001\"",
                  "ServiceReady: Revision \"hello-00001\" serves at http://%s:8080".formatted(HOST),
                  "Created: Created Revision \"hello-00002\"",
                  "ServiceFailed: Revision \"hello-00002\" failed with message: %s."
                      .formatted(crash));
          assertThat(eventsOf("Configuration", "hello"))
              .containsExactlyInAnyOrder(
                  "Created: Created Revision \"hello-00001\"",
                  "ConfigurationReady: Configuration becomes ready",
                  "LatestReadyUpdate: LatestReadyRevisionName updated to \"hello-00001\"",
                  "Created: Created Revision \"hello-00002\"",
                  "LatestCreatedFailed: Latest created revision \"hello-00002\" has failed");
          assertThat(eventsOf("Route", "hello"))
              .containsExactly("Created: Created placeholder service \"hello\"");
          assertThat(eventsOf("Revision", "hello-00001"))
              .containsExactlyInAnyOrder(
                  "RevisionReady: Revision becomes ready upon all resources being ready",
                  "ScaledToZero: No requests; the next one starts an instance.");
          assertThat(eventsOf("Revision", "hello-00002"))
              .contains("RevisionFailed: " + crash, "InstanceFailed: " + crash);
        });
  }

  @Test
  void eventsSayWhichControllerTellsThem() {
    world.deployHello();
    await()
        .untilAsserted(() ->
            assertThat(world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items())
                .extracting(event -> event.json().at("/source/component").asString())
                .contains(
                    "service-controller",
                    "configuration-controller",
                    "route-controller",
                    "revision-controller"));
  }

  @Test
  void whatIsAnothersIsToldOnceItIsInTheWay() {
    world.create(
        CONFIGURATION,
        """
        {"apiVersion": "serving.knative.dev/v1", "kind": "Configuration",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"template": {"spec": {"containers": [{"image": "%s"}]}}}}
        """
            .formatted(World.IMAGE));
    world.create(SERVICE, World.service("hello", World.IMAGE));
    await()
        .untilAsserted(() -> {
          assertThat(eventsOf("Service", "hello"))
              .contains("InternalError: service: \"hello\" does not own configuration: \"hello\"");
          assertThat(world.condition(SERVICE, "hello", "ConfigurationsReady").reason())
              .isEqualTo("NotOwned");
        });
  }

  @Test
  void aRevisionThatCannotBeMadeIsToldWithTheReason() {
    world.beforeCreate =
        kind -> {
          if (kind.equals(REVISION)) {
            throw ApiException.forbidden(kind, "hello-00001", "not here");
          }
        };
    world.create(SERVICE, World.service("hello", World.IMAGE));
    String why = "revisions.serving.knative.dev \"hello-00001\" is forbidden: not here";
    await()
        .untilAsserted(() -> {
          assertThat(eventsOf("Configuration", "hello"))
              .contains("CreationFailed: Failed to create Revision \"hello-00001\": " + why);
          assertThat(world.condition(CONFIGURATION, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(CONFIGURATION, "hello", "Ready").message())
              .isEqualTo("Revision creation failed with message: " + why + ".");
        });
  }

  /// Knative's Routes need core Services of their names; here instances find them by those.
  @Test
  void aServiceOfAUserWithTheRoutesNameIsInTheWay() {
    world.create(
        CoreKinds.SERVICE,
        """
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"ports": [{"port": 80}]}}
        """);
    world.create(SERVICE, World.service("hello", World.IMAGE));
    world.becomeReady("hello-00001");
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(SERVICE, "hello", "RoutesReady").isFalse()).isTrue();
          Condition ingress = world.condition(ROUTE, "hello", "IngressReady");
          assertThat(ingress.reason()).isEqualTo("NotOwned");
          assertThat(ingress.message())
              .isEqualTo("There is an existing placeholder Service \"hello\" that we do not own.");
          assertThat(eventsOf("Route", "hello"))
              .contains("InternalError: route: \"hello\" does not own Service: \"hello\"");
        });

    world.delete(CoreKinds.SERVICE, "hello");
    await().until(() -> world.condition(SERVICE, "hello", "Ready").isTrue());
    await().until(() -> world.exists(CoreKinds.SERVICE, "hello"));
  }

  @Test
  void eventsOfAPodAreFoundByItsUid() {
    world.deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await().until(() -> eventsOf("Pod", name).size() == 2);

    assertThat(world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items())
        .filteredOn(event -> event.json().at("/involvedObject/name").asString().equals(name))
        .allSatisfy(event ->
            assertThat(event.json().at("/involvedObject/uid").asString())
                .isEqualTo(world.get(POD, name).uid()));
  }

  private List<String> eventsOf(String kind, String name) {
    return world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
        .filter(event -> event.json().at("/involvedObject/kind").asString().equals(kind))
        .filter(event -> event.json().at("/involvedObject/name").asString().equals(name))
        .map(event ->
            event.json().path("reason").asString() + ": " + event.json().path("message").asString())
        .toList();
  }
}

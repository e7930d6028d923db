package dev.ebb.controllers;

import static dev.ebb.controllers.World.id;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.kinds.core.CoreKinds;
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
                  "Created: Created Revision \"hello-00001\"",
                  "ServiceReady: Revision \"hello-00001\" serves at http://%s:8080".formatted(HOST),
                  "Created: Created Revision \"hello-00002\"",
                  "ServiceFailed: Revision \"hello-00002\" failed with message: %s."
                      .formatted(crash));
          assertThat(eventsOf("Revision", "hello-00001"))
              .containsExactlyInAnyOrder(
                  "RevisionReady: It reached its initial scale and can serve.",
                  "ScaledToZero: No requests; the next one starts an instance.");
          assertThat(eventsOf("Revision", "hello-00002"))
              .contains("RevisionFailed: " + crash, "InstanceFailed: " + crash);
        });
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

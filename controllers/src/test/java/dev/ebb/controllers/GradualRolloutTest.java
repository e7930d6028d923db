package dev.ebb.controllers;

import static dev.ebb.kinds.core.CoreKinds.CONFIG_MAP;
import static dev.ebb.kinds.serving.ServingKinds.CONFIGURATION;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.settings.SystemSettings;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `serving.knative.dev/rollout-duration`: the controllers on a clock that the test moves.
class GradualRolloutTest extends WorldTest {
  private static final String HOST = "hello.default.localhost";

  @Test
  void aNewRevisionTakesOverStepByStepAndAServerThatRestartsGoesOn() throws Exception {
    deploy("\"serving.knative.dev/rollout-duration\": \"10s\"");
    assertThat(world.get(CONFIGURATION, "hello").annotations())
        .doesNotContainKey("serving.knative.dev/rollout-duration");

    update("1", "hello-00002");
    awaitTargets("hello-00001:99", "hello-00002:1");
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(ROUTE, "hello", "Ready").reason())
              .isEqualTo("RolloutInProgress");
          assertThat(world.condition(ROUTE, "hello", "IngressReady").message())
              .isEqualTo("A gradual rollout of the latest revision(s) is in progress.");
          assertThat(world.condition(SERVICE, "hello", "RoutesReady").reason())
              .isEqualTo("RolloutInProgress");
        });
    KubernetesObject route = world.get(ROUTE, "hello");
    assertThat(route.status().path("traffic").size()).isEqualTo(2);
    assertThat(route.status().at("/traffic/0/revisionName").asString()).isEqualTo("hello-00001");
    assertThat(route.status().at("/traffic/0/percent").asInt()).isEqualTo(99);
    assertThat(route.status().at("/traffic/1/latestRevision").asBoolean()).isTrue();

    world.resources.clock().advance(Duration.ofSeconds(3));
    look();
    awaitTargets("hello-00001:69", "hello-00002:31");
    await().until(() -> world.policy("hello-00001").reachable());

    world.resources.clock().advance(Duration.ofSeconds(2));
    world.restart();
    awaitTargets("hello-00001:49", "hello-00002:51");

    world.resources.clock().advance(Duration.ofSeconds(5));
    look();
    awaitTargets("hello-00002:100");
    world.awaitReady(SERVICE, "hello");
    assertThat(world.get(ROUTE, "hello").status().has("annotations")).isFalse();
    await().until(() -> !world.policy("hello-00001").reachable());
  }

  @Test
  void configNetworkSaysItForAllAndARevisionMayComeInTheMiddle() throws Exception {
    setNetwork("rollout-duration", "100");
    world.restart(); // who starts has read it
    deploy("");
    update("1", "hello-00002");
    awaitTargets("hello-00001:99", "hello-00002:1");
    world.resources.clock().advance(Duration.ofSeconds(50));
    look();
    awaitTargets("hello-00001:50", "hello-00002:50");

    update("2", "hello-00003");
    awaitTargets("hello-00001:50", "hello-00002:49", "hello-00003:1");

    // Nobody wants to wait any longer.
    setNetwork("rollout-duration", "0");
    awaitTargets("hello-00003:100");
    world.awaitReady(SERVICE, "hello");
  }

  private void deploy(String annotations) {
    world.create(
        SERVICE,
        World.service("hello", World.IMAGE)
            .replace(
                "\"namespace\": \"default\"",
                "\"namespace\": \"default\", \"annotations\": {" + annotations + "}"));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
  }

  private void update(String value, String revision) {
    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", value));
    world.becomeReady(revision);
  }

  /// The queue's own clock is the machine's; a change of the settings queues all Routes.
  private void look() {
    setNetwork("looked-at", world.resources.clock().instant().toString());
  }

  private void setNetwork(String key, String value) {
    ObjectKey network = new ObjectKey(SystemSettings.NAMESPACE, SystemSettings.NETWORK);
    KubernetesObject changed =
        world
            .resources
            .get(CONFIG_MAP, network)
            .with(json -> json.withObject("/data").put(key, value));
    world.resources.update(CONFIG_MAP, changed, WriteOptions.by("test"));
  }

  private void awaitTargets(String... targets) {
    await().until(() -> world.gateway.targets(HOST).equals(List.of(targets)));
  }
}

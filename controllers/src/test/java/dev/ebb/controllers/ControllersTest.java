package dev.ebb.controllers;

import static dev.ebb.controllers.World.IMAGE;
import static dev.ebb.controllers.World.id;
import static dev.ebb.controllers.World.service;
import static dev.ebb.kinds.functions.FunctionKinds.FUNCTION;
import static dev.ebb.kinds.serving.ServingKinds.CONFIGURATION;
import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.WriteOptions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/// All controllers together.
class ControllersTest extends WorldTest {
  private static final String HOST = "hello.default.localhost";

  @Test
  void aServiceIsReadyWhenItsFirstInstanceIsAndSaysWhereItAnswers() {
    world.create(SERVICE, service("hello", IMAGE));
    world.awaitInstance("hello-00001", Phase.STARTING);
    assertThat(world.gateway.targets(HOST)).noneMatch(target -> target.startsWith("hello-"));

    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");

    KubernetesObject service = world.get(SERVICE, "hello");
    assertThat(service.status().path("url").asString()).isEqualTo("http://" + HOST + ":8080");
    assertThat(service.status().path("address").path("url").asString())
        .isEqualTo("http://hello.default.svc.cluster.local");
    assertThat(service.status().path("latestReadyRevisionName").asString())
        .isEqualTo("hello-00001");
    assertThat(service.status().path("traffic").path(0).path("revisionName").asString())
        .isEqualTo("hello-00001");
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");
    KubernetesObject revision = world.get(REVISION, "hello-00001");
    assertThat(revision.labels())
        .containsEntry("serving.knative.dev/service", "hello")
        .containsEntry("serving.knative.dev/configuration", "hello")
        .containsEntry("serving.knative.dev/configurationGeneration", "1");
    await()
        .until(() ->
            "active"
                .equals(
                    world
                        .get(REVISION, "hello-00001")
                        .labels()
                        .get("serving.knative.dev/routingState")));
  }

  @Test
  void trafficMovesToANewRevisionOnlyWhenItIsReadyAndTheOldOneBecomesUnreachable() {
    world.deployHello();

    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", "1"));
    world.awaitInstance("hello-00002", Phase.STARTING);
    await().until(() -> !world.condition(SERVICE, "hello", "ConfigurationsReady").isTrue());
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");

    world.becomeReady("hello-00002");
    await().until(() -> world.gateway.targets(HOST).equals(List.of("hello-00002:100")));
    world.awaitReady(SERVICE, "hello");
    await()
        .until(() ->
            !world.policy("hello-00001").reachable() && world.policy("hello-00002").reachable());
  }

  @Test
  void aStartThatIsRefusedGivesTheReason() {
    world.create(SERVICE, service("hello", "docker.io/library/nginx"));
    world.awaitInstance("hello-00001", Phase.STARTING);
    world.instances.refuse(
        id("hello-00001"), "ImageNotSupported", "only function images run here", true);

    await()
        .untilAsserted(() -> {
          assertThat(world.condition(REVISION, "hello-00001", "ResourcesAvailable").reason())
              .isEqualTo("ImageNotSupported");
          assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(SERVICE, "hello", "Ready").message())
              .contains("only function images run here");
          assertThat(world.gateway.unavailable(HOST)).contains("only function images run here");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"image": "IMAGE", "securityContext": {"seccompProfile": {"type": "Localhost", "localhostProfile": "x"}}}|ProfileNotSupported|containers[user-container].securityContext.seccompProfile: there are no profiles of this machine's own
          """)
  void whatNoInstanceCanHaveIsToldAndNothingIsStarted(
      String containers, String reason, String message) throws Exception {
    world.create(
        SERVICE,
        """
        {"apiVersion": "serving.knative.dev/v1", "kind": "Service",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"template": {"spec": {
           "containers": [%s],
           "volumes": [{"name": "v", "emptyDir": {}}]}}}}
        """
            .formatted(containers.replace("IMAGE", IMAGE)));

    await()
        .until(() ->
            world.condition(REVISION, "hello-00001", "ResourcesAvailable").reason().equals(reason));
    // The Route may not have seen the Configuration yet, and says so first.
    String told = "Revision \"hello-00001\" failed with message: " + message + ".";
    await().until(() -> world.condition(SERVICE, "hello", "Ready").message().equals(told));
    world.restart();
    assertThat(world.instances.list()).isEmpty();
    assertThat(world.instances.workloads()).isEmpty();
  }

  @Test
  void aCrashIsToldWithItsOutputAndHealsWithoutMovingTraffic() {
    world.deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    world.instances.exit(instance.id(), FakeInstances.crash(3, "Traceback: boom"));

    await()
        .untilAsserted(() -> {
          assertThat(world.condition(REVISION, "hello-00001", "Ready").isFalse()).isTrue();
          assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy").reason())
              .isEqualTo("ExitCode3");
          assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy").message())
              .isEqualTo("Container failed with: Traceback: boom (exit code 3)");
          assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
        });
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");

    world.scaler.raise(id("hello-00001"));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
  }

  @Test
  void aCrashIsForgottenWhenTheRevisionGoesToZeroAndWakesUpHealthy() {
    world.deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    world.instances.exit(instance.id(), FakeInstances.crash(3, "boom"));
    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());

    world.scaler.decide(id("hello-00001"), 0);
    await()
        .untilAsserted(() ->
            assertThat(world.condition(REVISION, "hello-00001", "Active").reason())
                .isEqualTo("NoTraffic"));
    world.awaitReady(SERVICE, "hello");

    world.scaler.raise(id("hello-00001"));
    await()
        .until(
            () -> world.get(REVISION, "hello-00001").status().path("desiredReplicas").asInt() == 1);
    assertThat(world.condition(SERVICE, "hello", "Ready").isTrue()).isTrue();
  }

  @Test
  void aRevisionThatNeverWorkedStaysFailedAtZeroAndAcrossARestart() throws Exception {
    world.create(SERVICE, service("hello", IMAGE));
    var instance = world.awaitInstance("hello-00001", Phase.STARTING);
    world.instances.exit(instance.id(), FakeInstances.crash(3, ""));
    String told = "Container failed with exit code 3 and no output";
    await().until(() -> world.condition(SERVICE, "hello", "Ready").message().contains(told));

    world.scaler.decide(id("hello-00001"), 0);
    await()
        .until(
            () -> world.get(REVISION, "hello-00001").status().path("desiredReplicas").asInt() == 0);
    assertThat(world.condition(SERVICE, "hello", "Ready").message()).contains(told);
    world.restart();
    assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
  }

  @Test
  void aFailingUpdateLeavesTheOldRevisionServing() {
    world.deployHello();
    world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", "1"));
    var instance = world.awaitInstance("hello-00002", Phase.STARTING);
    world.instances.exit(instance.id(), FakeInstances.crash(78, "SyntaxError"));

    await()
        .untilAsserted(() -> {
          assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(SERVICE, "hello", "ConfigurationsReady").message())
              .contains("hello-00002")
              .contains("SyntaxError");
        });
    assertThat(world.condition(ROUTE, "hello", "Ready").isTrue()).isTrue();
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");
  }

  @Test
  void scaleToZeroAndARestartOfTheServerTakeNothingAway() throws Exception {
    world.deployHello();
    world.scaler.decide(id("hello-00001"), 0);
    await()
        .until(
            () -> world.condition(REVISION, "hello-00001", "Active").reason().equals("NoTraffic"));
    assertThat(world.condition(SERVICE, "hello", "Ready").isTrue()).isTrue();

    world.restart();
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");
    assertThat(world.policy("hello-00001").initialScale()).isZero();
    assertThat(world.condition(SERVICE, "hello", "Ready").isTrue()).isTrue();
  }

  @Test
  void aFunctionBecomesAPackageAndAService() {
    world.create(
        FUNCTION,
        """
        {"apiVersion": "ebb.dev/v1", "kind": "Function",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"runtime": "python", "source": {"inline": "def main(): return 'hi'"},
                  "scaling": {"min": 1}, "concurrency": 3, "timeoutSeconds": 7,
                  "env": [{"name": "A", "value": "1"}]}}
        """);
    world.becomeReady("hello-00001");
    world.awaitReady(FUNCTION, "hello");

    KubernetesObject function = world.get(FUNCTION, "hello");
    String digest = function.status().path("packageDigest").asString();
    assertThat(world.packages.open(digest).config().entrypoint()).isEqualTo("handler.py");
    assertThat(world.workload("hello-00001").container().image())
        .isEqualTo("function.ebb.dev/default/hello@" + digest);
    assertThat(function.status().path("url").asString()).isEqualTo("http://" + HOST + ":8080");
    assertThat(world.policy("hello-00001").minScale()).isEqualTo(1);
    assertThat(world.limits("hello-00001").containerConcurrency()).isEqualTo(3);
  }

  @Test
  void aRuntimeThatIsNotThereIsToldWithThoseThatAre() {
    world.create(
        FUNCTION,
        """
        {"apiVersion": "ebb.dev/v1", "kind": "Function",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"runtime": "cobol", "source": {"inline": "x"}}}
        """);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(FUNCTION, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(FUNCTION, "hello", "PackageReady").message())
              .isEqualTo("spec.runtime: no runtime \"cobol\"; there are: nodejs, python");
        });
    assertThat(world.exists(SERVICE, "hello")).isFalse();
  }

  @Test
  void aServiceOfTheUserIsNotOverwrittenByAFunctionOfItsName() {
    world.deployHello();
    world.create(
        FUNCTION,
        """
        {"apiVersion": "ebb.dev/v1", "kind": "Function",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"runtime": "python", "source": {"inline": "x"}}}
        """);
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(FUNCTION, "hello", "Ready").isFalse()).isTrue();
          assertThat(world.condition(FUNCTION, "hello", "ServiceReady").reason())
              .isEqualTo("NotOwned");
        });
    assertThat(
            world.get(SERVICE, "hello").spec().at("/template/spec/containers/0/image").asString())
        .isEqualTo(IMAGE);
  }

  @Test
  void whatIsDeletedLeavesTheDataPlane() {
    world.deployHello();
    world.delete(SERVICE, "hello");

    // All of it at one moment: until then a controller may make a child once more, and with it
    // everything that the child has in the data plane.
    await()
        .untilAsserted(() -> {
          collectGarbage();
          assertThat(world.gateway.targets(HOST)).isEmpty();
          assertThat(world.gateway.revisions()).isEmpty();
          assertThat(world.scaler.policies()).isEmpty();
          assertThat(world.instances.workloads()).isEmpty();
          assertThat(world.instances.list()).isEmpty();
        });
  }

  /// What the API's collector does, which follows the owner references and does not run here. It
  /// comes again and again as that one does: a controller that has not yet seen its object go may
  /// make a child of it once more.
  private void collectGarbage() {
    if (world.exists(ROUTE, "hello")) {
      world.delete(ROUTE, "hello");
    }
    if (world.exists(CONFIGURATION, "hello")) {
      world.delete(CONFIGURATION, "hello");
    }
    if (world.exists(REVISION, "hello-00001")) {
      world.delete(REVISION, "hello-00001");
    }
  }

  @Test
  void trafficThatNamesTheTemplatesRevisionWaitsUntilThereIsOne() {
    world.deployHello();
    var mayBeMade = new CompletableFuture<Void>().orTimeout(2, TimeUnit.MINUTES);
    world.beforeCreate =
        kind -> {
          if (kind.equals(REVISION)) {
            mayBeMade.join();
          }
        };
    world.change(
        SERVICE,
        "hello",
        json -> {
          World.setEnvironment(json, "A", "1");
          json.withObject("/spec/template/metadata").put("name", "hello-second");
          ObjectNode spec = json.withObject("/spec");
          spec.remove("traffic");
          spec.putArray("traffic")
              .addObject()
              .put("revisionName", "hello-second")
              .put("percent", 100);
        });

    await().until(() -> observed("hello"));
    assertThat(world.get(ROUTE, "hello").spec().toString()).doesNotContain("hello-second");
    assertThat(world.condition(SERVICE, "hello", "Ready").status())
        .isEqualTo(Condition.Status.UNKNOWN);

    mayBeMade.complete(null);
    world.becomeReady("hello-second");
    world.awaitReady(SERVICE, "hello");
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-second:100");
  }

  private boolean observed(String service) {
    KubernetesObject found = world.get(SERVICE, service);
    return found.status().path("observedGeneration").asLong() == found.generation();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "config-domain  | example.org     | ''                    | hello.default.example.org",
        "config-network | domain-template | {{.Name}}.{{.Domain}} | hello.localhost",
      })
  void anotherDomainTakesEffectAtOnce(String config, String key, String value, String host) {
    world.deployHello();
    KubernetesObject changed =
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, new ObjectKey("knative-serving", config))
            .with(json -> {
              json.putObject("data").put(key, value);
            });
    world.resources.update(CoreKinds.CONFIG_MAP, changed, WriteOptions.by("test"));

    await()
        .until(() ->
            world
                .get(SERVICE, "hello")
                .status()
                .path("url")
                .asString()
                .equals("http://%s:8080".formatted(host)));
    assertThat(world.gateway.targets(host)).containsExactly("hello-00001:100");
    assertThat(world.gateway.targets(HOST)).isEmpty();
  }

  @Test
  void revisionsThatNobodyWillGoBackToAreDeletedButNeverOneWithTrafficOrAnAnnotation() {
    world.deployHello();
    for (int i = 2; i <= 4; i++) {
      String value = String.valueOf(i);
      String name = "hello-0000" + i;
      world.change(SERVICE, "hello", json -> World.setEnvironment(json, "A", value));
      world.becomeReady(name);
      await().until(() -> world.gateway.targets(HOST).equals(List.of(name + ":100")));
    }
    world.change(
        REVISION,
        "hello-00002",
        json -> json.withObject("/metadata/annotations").put("serving.knative.dev/no-gc", "true"));
    KubernetesObject config =
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, new ObjectKey("knative-serving", "config-gc"))
            .with(json -> {
              ObjectNode data = json.putObject("data");
              data.put("min-non-active-revisions", "0");
              data.put("retain-since-create-time", "0s");
              data.put("retain-since-last-active-time", "0s");
            });
    world.resources.update(CoreKinds.CONFIG_MAP, config, WriteOptions.by("test"));

    await().until(() -> !world.exists(REVISION, "hello-00001"));
    await().until(() -> !world.exists(REVISION, "hello-00003"));
    await()
        .until(() ->
            world
                .gateway
                .revisions()
                .keySet()
                .equals(Set.of(id("hello-00002"), id("hello-00004"))));
    assertThat(world.exists(REVISION, "hello-00002")).isTrue();
    assertThat(world.exists(REVISION, "hello-00004")).isTrue();
    world.awaitReady(SERVICE, "hello");
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00004:100");
  }
}

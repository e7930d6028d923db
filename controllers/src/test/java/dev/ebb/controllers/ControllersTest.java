package dev.ebb.controllers;

import static dev.ebb.controllers.World.IMAGE;
import static dev.ebb.controllers.World.id;
import static dev.ebb.controllers.World.service;
import static dev.ebb.kinds.core.AppsKinds.DEPLOYMENT;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.functions.FunctionKinds.FUNCTION;
import static dev.ebb.kinds.serving.ServingKinds.CONFIGURATION;
import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.testing.FakeInstances;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// All controllers together.
class ControllersTest {
  private static final String HOST = "hello.default.localhost";

  private World world;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    world = new World(directory);
    world.start();
  }

  @AfterEach
  void close() {
    assertThat(world.gateway.mistakes()).isEmpty();
    world.close();
  }

  @Test
  void aServiceIsReadyWhenItsFirstInstanceIsAndSaysWhereItAnswers() {
    world.create(SERVICE, service("hello", IMAGE));
    world.awaitInstance("hello-00001", Phase.STARTING);
    assertThat(world.gateway.targets(HOST)).isEmpty();

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
    deployHello();

    world.change(SERVICE, "hello", json -> setEnvironment(json, "A", "1"));
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

    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());
    assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy").reason())
        .isEqualTo("ImageNotSupported");
    assertThat(world.condition(SERVICE, "hello", "Ready").message())
        .contains("only function images run here");
    assertThat(world.gateway.targets(HOST)).isEmpty();
  }

  @Test
  void aCrashIsToldWithItsOutputAndHealsWithoutMovingTraffic() {
    deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    world.instances.exit(instance.id(), FakeInstances.crash(3, "Traceback: boom"));

    await().until(() -> world.condition(REVISION, "hello-00001", "Ready").isFalse());
    assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy").reason())
        .isEqualTo("ExitCode3");
    assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy").message())
        .isEqualTo("Container failed with: Traceback: boom (exit code 3)");
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");

    world.scaler.raise(id("hello-00001"));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
  }

  @Test
  void aCrashIsForgottenWhenTheRevisionGoesToZeroAndWakesUpHealthy() {
    deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    world.instances.exit(instance.id(), FakeInstances.crash(3, "boom"));
    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());

    world.scaler.decide(id("hello-00001"), 0);
    world.awaitReady(SERVICE, "hello");
    assertThat(world.condition(REVISION, "hello-00001", "Active").reason()).isEqualTo("NoTraffic");

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
    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());

    world.scaler.decide(id("hello-00001"), 0);
    await()
        .until(
            () -> world.get(REVISION, "hello-00001").status().path("desiredReplicas").asInt() == 0);
    assertThat(world.condition(SERVICE, "hello", "Ready").message())
        .contains("Container failed with exit code 3 and no output");
    world.restart();
    assertThat(world.condition(SERVICE, "hello", "Ready").isFalse()).isTrue();
  }

  @Test
  void aFailingUpdateLeavesTheOldRevisionServing() {
    deployHello();
    world.change(SERVICE, "hello", json -> setEnvironment(json, "A", "1"));
    var instance = world.awaitInstance("hello-00002", Phase.STARTING);
    world.instances.exit(instance.id(), FakeInstances.crash(78, "SyntaxError"));

    await().until(() -> world.condition(SERVICE, "hello", "Ready").isFalse());
    assertThat(world.condition(SERVICE, "hello", "ConfigurationsReady").message())
        .contains("hello-00002")
        .contains("SyntaxError");
    assertThat(world.condition(ROUTE, "hello", "Ready").isTrue()).isTrue();
    assertThat(world.gateway.targets(HOST)).containsExactly("hello-00001:100");
  }

  @Test
  void scaleToZeroAndARestartOfTheServerTakeNothingAway() throws Exception {
    deployHello();
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
    await().until(() -> world.condition(FUNCTION, "hello", "Ready").isFalse());
    assertThat(world.condition(FUNCTION, "hello", "PackageReady").message())
        .isEqualTo("spec.runtime: no runtime \"cobol\"; there are: nodejs, python");
    assertThat(world.exists(SERVICE, "hello")).isFalse();
  }

  @Test
  void aServiceOfTheUserIsNotOverwrittenByAFunctionOfItsName() {
    deployHello();
    world.create(
        FUNCTION,
        """
        {"apiVersion": "ebb.dev/v1", "kind": "Function",
         "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"runtime": "python", "source": {"inline": "x"}}}
        """);
    await().until(() -> world.condition(FUNCTION, "hello", "Ready").isFalse());
    assertThat(world.condition(FUNCTION, "hello", "ServiceReady").reason()).isEqualTo("NotOwned");
    assertThat(
            world.get(SERVICE, "hello").spec().at("/template/spec/containers/0/image").asString())
        .isEqualTo(IMAGE);
  }

  @Test
  void whatIsDeletedLeavesTheDataPlane() {
    deployHello();
    // The garbage collector of the API follows the owner references; here it is the test.
    world.delete(SERVICE, "hello");
    world.delete(ROUTE, "hello");
    world.delete(CONFIGURATION, "hello");
    world.delete(REVISION, "hello-00001");

    await().until(() -> world.gateway.targets(HOST).isEmpty());
    await().until(() -> world.gateway.revisions().isEmpty());
    await().until(() -> world.instances.list().isEmpty());
    assertThat(world.scaler.policies()).isEmpty();
    assertThat(world.instances.workloads()).isEmpty();
  }

  @Test
  void aNewDomainTakesEffectAtOnce() {
    deployHello();
    KubernetesObject domain =
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, new ObjectKey("knative-serving", "config-domain"))
            .with(json -> {
              json.putObject("data").put("example.org", "");
            });
    world.resources.update(CoreKinds.CONFIG_MAP, domain, WriteOptions.by("test"));

    await()
        .until(() ->
            world
                .get(SERVICE, "hello")
                .status()
                .path("url")
                .asString()
                .equals("http://hello.default.example.org:8080"));
    assertThat(world.gateway.targets("hello.default.example.org"))
        .containsExactly("hello-00001:100");
    assertThat(world.gateway.targets(HOST)).isEmpty();
  }

  @Test
  void instancesAreShownAsPodsAndADeploymentUntilTheyEnd() {
    deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await().until(() -> world.exists(POD, name) && world.condition(POD, name, "Ready").isTrue());
    assertThat(world.get(POD, name).labels())
        .containsEntry("serving.knative.dev/revision", "hello-00001")
        .containsEntry("serving.knative.dev/service", "hello");
    await().until(() -> world.exists(DEPLOYMENT, "hello-00001-deployment"));
    await()
        .until(() ->
            world.get(DEPLOYMENT, "hello-00001-deployment").status().path("readyReplicas").asInt()
                == 1);

    world.scaler.decide(id("hello-00001"), 0);
    await().until(() -> !world.exists(POD, name));
    await()
        .until(() ->
            world.get(DEPLOYMENT, "hello-00001-deployment").spec().path("replicas").asInt() == 0);
  }

  @Test
  void aPodTellsHowItsInstanceStarted() {
    deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await()
        .until(() ->
            world.exists(POD, name)
                && world.condition(POD, name, "Ready").isTrue()
                && world.get(POD, name).annotations().containsKey("ebb.dev/startup"));

    KubernetesObject pod = world.get(POD, name);
    assertThat(pod.annotations())
        .containsEntry("ebb.dev/startup", "create 1 ms, boot 2 ms, init 3 ms, ready 1 ms");
    assertThat(pod.controller().orElseThrow().name()).isEqualTo("hello-00001");
    JsonNode container = pod.status().path("containerStatuses").path(0);
    assertThat(container.path("ready").asBoolean()).isTrue();
    assertThat(container.path("started").asBoolean()).isTrue();
    assertThat(container.at("/state/running/startedAt").asString()).isNotEmpty();
  }

  @Test
  void aPodIsTerminatingWhileItsInstanceDrains() {
    deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    String name = instance.id().value();
    await().until(() -> world.exists(POD, name));

    world.instances.drain(instance.id());
    await().until(() -> world.get(POD, name).deletionTimestamp().isPresent());
    await().until(() -> world.condition(POD, name, "Ready").isFalse());

    world.instances.exit(instance.id(), new ExitStatus(0, 0, "Stopped", ""));
    await().until(() -> !world.exists(POD, name));
  }

  @Test
  void coreServicesShowTheNamesOfARevisionAndOfItsRoute() {
    deployHello();
    await()
        .until(() ->
            world.exists(CoreKinds.SERVICE, "hello")
                && world.exists(CoreKinds.SERVICE, "hello-00001"));

    assertThat(world.get(CoreKinds.SERVICE, "hello").spec().path("externalName").asString())
        .isEqualTo(HOST);
    KubernetesObject revision = world.get(CoreKinds.SERVICE, "hello-00001");
    assertThat(revision.spec().path("type").asString()).isEqualTo("ClusterIP");
    assertThat(revision.spec().path("ports").path(0).path("port").asInt()).isEqualTo(80);
    assertThat(world.exists(CoreKinds.SERVICE, "kubernetes")).isTrue();

    world.delete(CoreKinds.SERVICE, "hello");
    await().until(() -> world.exists(CoreKinds.SERVICE, "hello"));
  }

  @Test
  void aCoreServiceOfTheUserIsLeftAsItIs() {
    world.create(
        CoreKinds.SERVICE,
        """
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hello", "namespace": "default"},
         "spec": {"ports": [{"port": 5432}]}}
        """);
    deployHello();
    await().until(() -> world.exists(CoreKinds.SERVICE, "hello-00001"));

    assertThat(
            world.get(CoreKinds.SERVICE, "hello").spec().path("ports").path(0).path("port").asInt())
        .isEqualTo(5432);
  }

  @Test
  void aNewNamespaceGetsItsServiceAccount() {
    world.create(
        CoreKinds.NAMESPACE,
        "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"shop\"}}");

    await()
        .until(() ->
            world
                .resources
                .find(CoreKinds.SERVICE_ACCOUNT, new ObjectKey("shop", "default"))
                .isPresent());
  }

  @Test
  void whoeverDeletesAPodStopsItsInstance() {
    deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await().until(() -> world.exists(POD, name));

    world.delete(POD, name);

    await().until(() -> world.instances.list().isEmpty());
    assertThat(world.condition(SERVICE, "hello", "Ready").isTrue()).isTrue();
  }

  @Test
  void podsOfInstancesThatEndedWhileNoServerLookedAreRemoved() throws Exception {
    deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    await().until(() -> world.exists(POD, instance.id().value()));
    world.controllers.close();
    world.instances.scale(id("hello-00001"), 0);

    world.restart();
    await().until(() -> !world.exists(POD, instance.id().value()));
  }

  @Test
  void aCrashLeavesAnEventThatCounts() {
    deployHello();
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
    deployHello();
    world.change(SERVICE, "hello", json -> setEnvironment(json, "A", "1"));
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
    deployHello();
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

  private void deployHello() {
    world.create(SERVICE, service("hello", IMAGE));
    world.becomeReady("hello-00001");
    world.awaitReady(SERVICE, "hello");
  }

  private static void setEnvironment(ObjectNode service, String name, String value) {
    ((ObjectNode) service.at("/spec/template/spec/containers/0"))
        .putArray("env")
        .addObject()
        .put("name", name)
        .put("value", value);
  }
}

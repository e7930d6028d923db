package dev.ebb.controllers;

import static dev.ebb.controllers.World.id;
import static dev.ebb.kinds.core.AppsKinds.DEPLOYMENT;
import static dev.ebb.kinds.core.AppsKinds.REPLICA_SET;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.ClusterKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What Kubernetes's own kinds show of instances and revisions.
class MirrorTest extends WorldTest {
  private static final String HOST = "hello.default.localhost";

  @Test
  void instancesAreShownAsPodsAndADeploymentUntilTheyEnd() {
    world.deployHello();
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

  /// Their Pods would not take all that a Revision may say.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "ports": [{"name": "h2c", "containerPort": 0}] | 8080 | 8080 |
          "ports": [{"name": "h2c"}]                     | 8080 | 8080 |
          "ports": [{"containerPort": 9000}]             | 9000 | 9000 |
          "readinessProbe": {"httpGet": {"path": "/", "port": 8082, "scheme": "https"}} | | 8082 | HTTPS
          """)
  void whatARevisionLeavesOutItsDeploymentSays(
      String field, String port, int probed, String scheme) {
    world.create(
        SERVICE, World.service("hello", World.IMAGE).replace("\"image\":", field + ", \"image\":"));
    world.awaitInstance("hello-00001", Phase.STARTING);
    await().until(() -> world.exists(DEPLOYMENT, "hello-00001-deployment"));

    JsonNode container =
        world.get(DEPLOYMENT, "hello-00001-deployment").spec().at("/template/spec/containers/0");
    assertThat(container.path("ports").path(0).path("containerPort").asString(null))
        .isEqualTo(port);
    JsonNode probe = container.path("readinessProbe");
    JsonNode action = probe.has("httpGet") ? probe.path("httpGet") : probe.path("tcpSocket");
    assertThat(action.path("port").asInt()).isEqualTo(probed);
    assertThat(action.path("scheme").asString(null)).isEqualTo(scheme);
  }

  @Test
  void aDeploymentsNameIsShortenedAsKnativeDoes() {
    String name = "a-service-whose-name-takes-nearly-all-of-a-dns-label-x";
    world.create(SERVICE, World.service(name, World.IMAGE));
    world.awaitInstance(name + "-00001", Phase.STARTING);
    await()
        .until(() ->
            world.exists(
                DEPLOYMENT, "a-service-whose-name90dc8c3203f2264051a8c0babad9bdd1-deployment"));
  }

  @Test
  void aPodTellsHowItsInstanceStarted() {
    world.deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await()
        .until(() ->
            world.exists(POD, name)
                && world.condition(POD, name, "Ready").isTrue()
                && world.get(POD, name).annotations().containsKey("ebb.dev/startup"));

    KubernetesObject pod = world.get(POD, name);
    assertThat(pod.annotations())
        .containsEntry("ebb.dev/startup", "create 1 ms, boot 2 ms, init 3 ms, ready 1 ms");
    String setName = pod.controller().orElseThrow().name();
    await().until(() -> world.exists(REPLICA_SET, setName));
    var set = world.get(REPLICA_SET, setName);
    assertThat(name).startsWith(set.name() + "-");
    assertThat(set.controller().orElseThrow().name()).isEqualTo("hello-00001-deployment");
    assertThat(set.controller().orElseThrow().kind()).isEqualTo("Deployment");
    await()
        .until(
            () -> world.get(REPLICA_SET, set.name()).status().path("readyReplicas").asInt() == 1);
    JsonNode container = pod.status().path("containerStatuses").path(0);
    assertThat(container.path("ready").asBoolean()).isTrue();
    assertThat(container.path("started").asBoolean()).isTrue();
    assertThat(container.at("/state/running/startedAt").asString()).isNotEmpty();
  }

  @Test
  void aReplicaSetThatIsMadeLateCountsWhatRunsAlready() {
    var mayBeMade = new CompletableFuture<Void>().orTimeout(2, TimeUnit.MINUTES);
    world.beforeCreate =
        kind -> {
          if (kind.equals(REPLICA_SET)) {
            mayBeMade.join();
          }
        };
    world.deployHello();
    await()
        .until(() ->
            world.exists(DEPLOYMENT, "hello-00001-deployment")
                && world
                        .get(DEPLOYMENT, "hello-00001-deployment")
                        .status()
                        .path("readyReplicas")
                        .asInt(0)
                    == 1
                && "active"
                    .equals(
                        world
                            .get(REVISION, "hello-00001")
                            .labels()
                            .get("serving.knative.dev/routingState")));

    mayBeMade.complete(null);
    await()
        .untilAsserted(() ->
            assertThat(world.resources.list(REPLICA_SET, ListQuery.in("default")).items())
                .singleElement()
                .satisfies(
                    set -> assertThat(set.status().path("readyReplicas").asInt(0)).isEqualTo(1)));
  }

  @Test
  void whatSomebodyWritesIntoAMirrorIsPutRight() {
    world.deployHello();
    await().until(() -> !world.resources.list(REPLICA_SET, ListQuery.all()).items().isEmpty());
    String set = world.resources.list(REPLICA_SET, ListQuery.all()).items().getFirst().name();
    await()
        .until(() -> shows(DEPLOYMENT, "hello-00001-deployment", 1) && shows(REPLICA_SET, set, 1));

    for (KindDefinition kind : List.of(DEPLOYMENT, REPLICA_SET)) {
      String name = kind.equals(DEPLOYMENT) ? "hello-00001-deployment" : set;
      world.change(kind, name, json -> json.withObject("/spec").put("replicas", 7));
      await().until(() -> shows(kind, name, 1));
    }
  }

  private boolean shows(KindDefinition kind, String name, int count) {
    KubernetesObject workload = world.get(kind, name);
    return workload.spec().path("replicas").asInt(-1) == count
        && workload.status().path("readyReplicas").asInt(0) == count;
  }

  @Test
  void thisMachineIsTheOneNode() {
    await()
        .until(() -> world.resources.list(ClusterKinds.NODE, ListQuery.all()).items().size() == 1);
    KubernetesObject node =
        world.resources.get(ClusterKinds.NODE, ObjectKey.clusterScoped("test-node"));
    await()
        .untilAsserted(() -> {
          KubernetesObject told = world.resources.get(ClusterKinds.NODE, node.key());
          assertThat(told.status().at("/capacity/memory").asString("")).isEqualTo("4194304Ki");
          assertThat(told.status().at("/allocatable/memory").asString("")).isEqualTo("3145728Ki");
          assertThat(Condition.ready(told).isTrue()).isTrue();
        });
  }

  @Test
  void aPodTellsThatItsContainerIsStartedAgainInItsPlace() {
    world.deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    String name = instance.id().value();
    await().until(() -> world.exists(POD, name) && world.condition(POD, name, "Ready").isTrue());

    world.instances.containers(instance.id(), "10.0.0.5", List.of(container(true, 0)));
    world.instances.readiness(instance.id(), false);
    world.instances.containers(instance.id(), "10.0.0.5", List.of(container(false, 1)));
    await()
        .untilAsserted(() -> {
          assertThat(world.condition(POD, name, "Ready").isFalse()).isTrue();
          JsonNode status = world.get(POD, name).status().path("containerStatuses").path(0);
          assertThat(status.path("restartCount").asInt()).isEqualTo(1);
          assertThat(status.at("/state/waiting/reason").asString("")).isEqualTo("CrashLoopBackOff");
          assertThat(status.at("/lastState/terminated/exitCode").asInt(0)).isEqualTo(3);
        });
    await()
        .untilAsserted(() ->
            assertThat(world.condition(REVISION, "hello-00001", "ContainerHealthy"))
                .satisfies(condition -> assertThat(condition.isFalse()).isTrue())
                .satisfies(condition -> assertThat(condition.reason()).isEqualTo("ExitCode3"))
                .satisfies(condition ->
                    assertThat(condition.message())
                        .isEqualTo("Container failed with: boom (exit code 3)")));

    world.instances.readiness(instance.id(), true);
    await().until(() -> world.condition(REVISION, "hello-00001", "ContainerHealthy").isTrue());
    await().until(() -> world.condition(POD, name, "Ready").isTrue());
  }

  @Test
  void aDeploymentTellsWhyItsPodsCannotBeMade() {
    world.create(SERVICE, World.service("hello", World.IMAGE));
    world.awaitInstance("hello-00001", Phase.STARTING);
    world.instances.refuse(id("hello-00001"), "FailedCreate", "pods are forbidden", true);
    Condition told =
        new Condition(
            "ReplicaFailure", Condition.Status.TRUE, "FailedCreate", "pods are forbidden");
    await()
        .until(() ->
            world.exists(DEPLOYMENT, "hello-00001-deployment")
                && world
                    .condition(DEPLOYMENT, "hello-00001-deployment", "ReplicaFailure")
                    .equals(told));

    world.becomeReady("hello-00001");
    await()
        .until(() ->
            Condition.of(world.get(DEPLOYMENT, "hello-00001-deployment"), "ReplicaFailure")
                .isEmpty());
  }

  private static ContainerState container(boolean ready, int restarts) {
    var exit = new ExitStatus(3, 0, "Error", "boom");
    return new ContainerState(
        "user-container",
        restarts == 0 ? ContainerState.Phase.RUNNING : ContainerState.Phase.WAITING,
        restarts == 0 ? "" : "CrashLoopBackOff",
        "",
        ready,
        ready,
        restarts,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        restarts == 0 ? Optional.empty() : Optional.of(exit),
        World.IMAGE);
  }

  @Test
  void aPodIsTerminatingWhileItsInstanceDrains() {
    world.deployHello();
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
  void aPodIsSeenTerminatingHoweverQuicklyItsInstanceEnds() throws Exception {
    world.deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    await().until(() -> world.exists(POD, instance.id().value()));
    try (ObjectWatch watch = world.resources.watch(POD, WatchQuery.all())) {
      world.instances.exit(instance.id(), new ExitStatus(0, 0, "Stopped", ""));

      WatchEvent event = watch.next(Duration.ofMinutes(1)).orElseThrow();
      while (!event.object().name().equals(instance.id().value())
          || event.type() != WatchEvent.Type.DELETED) {
        event = watch.next(Duration.ofMinutes(1)).orElseThrow();
      }
      assertThat(event.object().deletionTimestamp()).isPresent();
    }
  }

  @Test
  void coreServicesShowTheNamesOfARevisionAndOfItsRoute() {
    world.deployHello();
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
    world.create(SERVICE, World.service("hello", World.IMAGE));
    world.becomeReady("hello-00001");
    await().until(() -> world.condition(SERVICE, "hello", "RoutesReady").isFalse());
    await().until(() -> world.exists(CoreKinds.SERVICE, "hello-00001"));

    assertThat(
            world.get(CoreKinds.SERVICE, "hello").spec().path("ports").path(0).path("port").asInt())
        .isEqualTo(5432);
  }

  @Test
  void whoeverDeletesAPodStopsItsInstance() {
    world.deployHello();
    String name = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await().until(() -> world.exists(POD, name));

    world.delete(POD, name);

    await().until(() -> world.instances.list().isEmpty());
    assertThat(world.condition(SERVICE, "hello", "Ready").isTrue()).isTrue();
  }

  @Test
  void podsOfInstancesThatEndedWhileNoServerLookedAreRemoved() throws Exception {
    world.deployHello();
    var instance = world.awaitInstance("hello-00001", Phase.READY);
    await().until(() -> world.exists(POD, instance.id().value()));
    world.controllers.close();
    world.instances.scale(id("hello-00001"), 0);

    world.restart();
    await().until(() -> !world.exists(POD, instance.id().value()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          nodeSelector | {"a": "b"}
          tolerations | [{"key": "k", "operator": "Exists"}]
          affinity | {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}]}}
          hostAliases | [{"ip": "192.0.2.1", "hostnames": ["other"]}]
          securityContext | {"runAsNonRoot": true}
          topologySpreadConstraints | [{"maxSkew": 1, "topologyKey": "k", "whenUnsatisfiable": "ScheduleAnyway"}]
          enableServiceLinks | false
          """)
  void podsAndTheirDeploymentShowWhatFeaturesPermit(String field, String value) {
    ObjectKey features = new ObjectKey("knative-serving", "config-features");
    String flag = "kubernetes.podspec-" + field.toLowerCase(Locale.ROOT);
    world.resources.update(
        CoreKinds.CONFIG_MAP,
        world
            .resources
            .get(CoreKinds.CONFIG_MAP, features)
            .with(json -> json.withObject("/data").put(flag, "enabled")),
        WriteOptions.by("test"));
    KubernetesObject service = World.parse(World.service("hello", World.IMAGE));
    JsonNode wanted = World.parse("{\"value\": " + value + "}").json().path("value");
    world.create(
        SERVICE,
        service
            .with(json -> ((ObjectNode) json.at("/spec/template/spec")).set(field, wanted))
            .json()
            .toString());
    world.becomeReady("hello-00001");
    String pod = world.awaitInstance("hello-00001", Phase.READY).id().value();
    await()
        .until(() -> world.exists(POD, pod) && world.exists(DEPLOYMENT, "hello-00001-deployment"));
    assertThat(world.get(POD, pod).spec().path(field)).isEqualTo(wanted);
    assertThat(
            world.get(DEPLOYMENT, "hello-00001-deployment").spec().at("/template/spec").path(field))
        .isEqualTo(wanted);
  }

  @Test
  void eachTagHasACoreServiceAsLongAsItIsThere() {
    world.deployHello();
    world.change(
        SERVICE,
        "hello",
        json -> {
          json.withObject("/metadata/labels").put("team", "blue");
          ((ObjectNode) json.at("/spec/traffic/0")).put("tag", "new");
        });
    await().until(() -> world.exists(CoreKinds.SERVICE, "new-hello"));
    KubernetesObject service = world.get(CoreKinds.SERVICE, "new-hello");
    assertThat(service.spec().path("externalName").asString())
        .isEqualTo("new-hello.default.localhost");
    assertThat(service.labels())
        .containsEntry("team", "blue")
        .containsEntry("serving.knative.dev/route", "hello")
        .containsEntry("serving.knative.dev/service", "hello");

    world.change(SERVICE, "hello", json -> ((ObjectNode) json.at("/spec/traffic/0")).remove("tag"));
    await().until(() -> !world.exists(CoreKinds.SERVICE, "new-hello"));
    assertThat(world.exists(CoreKinds.SERVICE, "hello")).isTrue();
  }

  @Test
  void aTagIsHiddenByTheLabelOfItsCoreService() {
    world.deployHello();
    world.change(
        SERVICE, "hello", json -> ((ObjectNode) json.at("/spec/traffic/0")).put("tag", "new"));
    await().until(() -> world.exists(CoreKinds.SERVICE, "new-hello"));
    await()
        .untilAsserted(() ->
            assertThat(world.gateway.targets("new-hello.default.localhost"))
                .containsExactly("hello-00001:100"));

    world.change(
        CoreKinds.SERVICE,
        "new-hello",
        json ->
            json.withObject("/metadata/labels")
                .put("networking.knative.dev/visibility", "cluster-local"));
    await().until(() -> tagUrl().equals("http://new-hello.default.svc.cluster.local"));
    assertThat(world.gateway.targets("new-hello.default.localhost")).isEmpty();
    assertThat(world.gateway.targets("new-hello.default.svc.cluster.local"))
        .containsExactly("hello-00001:100");

    world.change(
        CoreKinds.SERVICE,
        "new-hello",
        json -> json.withObject("/metadata/labels").remove("networking.knative.dev/visibility"));
    await().until(() -> tagUrl().equals("http://new-hello.default.localhost:8080"));
  }

  private String tagUrl() {
    return world.get(ServingKinds.ROUTE, "hello").status().at("/traffic/0/url").asString("");
  }
}

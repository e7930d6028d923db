package dev.ebb.controllers;

import static dev.ebb.kinds.core.AppsKinds.DEPLOYMENT;
import static dev.ebb.kinds.core.AppsKinds.REPLICA_SET;
import static dev.ebb.kinds.core.CoreKinds.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.controllers.workloads.PlatformPart;
import dev.ebb.dataplane.ContainerState;
import dev.ebb.dataplane.Instance;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Deployments, ReplicaSets and Pods that users create.
class PlainWorkloadsTest extends WorldTest {
  @Test
  void aDeploymentHasAReplicaSetWithPodsThatRun() {
    world.create(DEPLOYMENT, deployment("default", "web", 2, "nginx:1.27"));
    await().until(() -> world.instances.list().size() == 2);

    KubernetesObject set = all(REPLICA_SET).getFirst();
    assertThat(set.name()).matches("web-[a-z0-9]{6,10}");
    assertThat(set.controller().orElseThrow().name()).isEqualTo("web");
    KubernetesObject pod = all(POD).getFirst();
    assertThat(pod.name()).matches(set.name() + "-[a-z0-9]{5}");
    assertThat(pod.labels()).containsEntry("app", "web").containsKey("pod-template-hash");
    await()
        .untilAsserted(() -> {
          assertThat(replicas("web", "replicas")).isEqualTo(2);
          assertThat(world.condition(DEPLOYMENT, "web", "Available"))
              .isEqualTo(
                  new Condition(
                      "Available",
                      Condition.Status.FALSE,
                      "MinimumReplicasUnavailable",
                      "Deployment does not have minimum availability."));
          assertThat(world.condition(DEPLOYMENT, "web", "Progressing").reason())
              .isEqualTo("ReplicaSetUpdated");
        });
    assertThat(world.get(DEPLOYMENT, "web").annotations())
        .containsEntry("deployment.kubernetes.io/revision", "1");

    runAll();
    await().until(() -> replicas("web", "availableReplicas") == 2);
    await().until(() -> world.condition(DEPLOYMENT, "web", "Available").isTrue());
    await()
        .until(() ->
            world
                .condition(DEPLOYMENT, "web", "Progressing")
                .reason()
                .equals("NewReplicaSetAvailable"));
  }

  @Test
  void aRolloutKeepsEnoughPodsServingAndNeverHasTooMany() {
    world.create(DEPLOYMENT, deployment("default", "web", 4, "nginx:1"));
    await().until(() -> world.instances.list().size() == 4);
    runAll();
    await().until(() -> replicas("web", "availableReplicas") == 4);

    setImage("nginx:2");
    // A quarter more, a quarter fewer: 5 at most, 3 ready at least.
    for (int round = 0; round < 20 && replicas("web", "updatedReplicas") < 4; round++) {
      await().until(() -> starting() > 0 || replicas("web", "updatedReplicas") == 4);
      assertThat(all(POD).stream().filter(pod -> pod.deletionTimestamp().isEmpty()).count())
          .isLessThanOrEqualTo(5);
      assertThat(all(POD).stream().filter(pod -> Condition.ready(pod).isTrue()).count())
          .isGreaterThanOrEqualTo(3);
      runAll();
    }
    runAll();
    await()
        .until(() -> {
          runAll();
          return all(POD).size() == 4
              && all(POD).stream()
                  .allMatch(
                      pod -> pod.spec().at("/containers/0/image").asString().equals("nginx:2"))
              && replicas("web", "availableReplicas") == 4;
        });
  }

  @Test
  void recreateEndsTheOldBeforeTheNew() {
    world.create(
        DEPLOYMENT,
        deployment("default", "web", 2, "nginx:1")
            .replace("\"selector\"", "\"strategy\": {\"type\": \"Recreate\"}, \"selector\""));
    await().until(() -> world.instances.list().size() == 2);
    runAll();
    await().until(() -> replicas("web", "availableReplicas") == 2);

    setImage("nginx:2");
    await()
        .until(() -> {
          boolean mixed =
              all(POD).stream()
                      .filter(pod -> pod.deletionTimestamp().isEmpty())
                      .map(pod -> pod.spec().at("/containers/0/image").asString())
                      .distinct()
                      .count()
                  > 1;
          assertThat(mixed).isFalse();
          runAll();
          return all(POD).stream()
                  .filter(pod -> pod.spec().at("/containers/0/image").asString().equals("nginx:2"))
                  .count()
              == 2;
        });
  }

  @Test
  void aChangedTemplateMovesThePodsAndUndoMovesThemBack() {
    world.create(DEPLOYMENT, deployment("default", "web", 1, "nginx:1"));
    await().until(() -> replicas("web", "updatedReplicas") == 1);
    String first = all(REPLICA_SET).getFirst().name();

    setImage("nginx:2");
    await()
        .until(() -> {
          runAll();
          return all(REPLICA_SET).size() == 2 && settled();
        });
    assertThat(world.get(REPLICA_SET, first).spec().path("replicas").asInt()).isZero();
    assertThat(all(POD).getFirst().spec().at("/containers/0/image").asString())
        .isEqualTo("nginx:2");

    setImage("nginx:1");
    runAll();
    await().until(() -> world.get(REPLICA_SET, first).spec().path("replicas").asInt() == 1);
    await()
        .until(() ->
            world
                .get(DEPLOYMENT, "web")
                .annotations()
                .getOrDefault("deployment.kubernetes.io/revision", "")
                .equals("3"));
    assertThat(all(REPLICA_SET)).hasSize(2);
  }

  @Test
  void podsFollowTheReplicas() {
    world.create(DEPLOYMENT, deployment("default", "web", 3, "nginx"));
    await().until(() -> replicas("web", "replicas") == 3);

    world.delete(POD, all(POD).getFirst().name());
    await().until(() -> all(POD).size() == 3);

    world.change(DEPLOYMENT, "web", json -> json.withObject("/spec").put("replicas", 1));
    await().until(() -> all(POD).size() == 1 && replicas("web", "replicas") == 1);
    world.change(DEPLOYMENT, "web", json -> json.withObject("/spec").put("replicas", 0));
    await()
        .until(
            () -> world.condition(DEPLOYMENT, "web", "Available").isTrue() && all(POD).isEmpty());
  }

  @Test
  void aDeploymentThatDoesNotProgressTellsSoAfterItsDeadline() {
    world.create(DEPLOYMENT, deployment("default", "web", 1, "nginx"));
    await().until(() -> replicas("web", "updatedReplicas") == 1);

    world.resources.clock().advance(Duration.ofSeconds(601));
    world.change(
        DEPLOYMENT, "web", json -> json.withObject("/metadata/annotations").put("look", "again"));
    await()
        .until(() ->
            world
                .condition(DEPLOYMENT, "web", "Progressing")
                .reason()
                .equals("ProgressDeadlineExceeded"));
  }

  @Test
  void anObjectOfTheNameOfAReplicaSetIsLeftAsItIs() throws Exception {
    world.create(DEPLOYMENT, deployment("default", "web", 1, "nginx"));
    await().until(() -> all(REPLICA_SET).size() == 1);
    String name = all(REPLICA_SET).getFirst().name();
    // Else a controller that has not yet seen the Deployment go could make the set once more.
    world.controllers.close();
    world.delete(DEPLOYMENT, "web");
    world.delete(REPLICA_SET, name);
    world.create(
        REPLICA_SET,
        deployment("default", name, 0, "redis").replace("\"Deployment\"", "\"ReplicaSet\""));

    world.create(DEPLOYMENT, deployment("default", "web", 1, "nginx"));
    world.restart();
    await()
        .untilAsserted(() -> {
          assertThat(replicas("web", "updatedReplicas")).isEqualTo(1);
          assertThat(replicas("web", "collisionCount")).isEqualTo(1);
        });
    assertThat(
            world.get(REPLICA_SET, name).spec().at("/template/spec/containers/0/image").asString())
        .isEqualTo("redis");
  }

  @Test
  void aPodOfTheUserStaysWhateverLabelsItHas() throws Exception {
    world.create(
        POD,
        """
        {"apiVersion": "v1", "kind": "Pod",
         "metadata": {"name": "mine", "namespace": "default",
                      "labels": {"serving.knative.dev/revisionUID": "copied"}},
         "spec": {"containers": [{"name": "a", "image": "nginx"}]}}
        """);
    await().until(() -> world.get(POD, "mine").status().has("phase"));
    world.restart();
    world.deployHello();
    assertThat(world.get(POD, "mine").deletionTimestamp()).isEmpty();
    await().until(() -> world.condition(POD, "mine", "PodScheduled").isTrue());
  }

  @Test
  void whatEbbReplacesIsAvailableWhileThatPartOfItIs() {
    world.readyParts.remove(PlatformPart.GATEWAY);
    world.create(DEPLOYMENT, deployment("knative-serving", "activator", 2, "gcr.io/activator"));
    world.create(DEPLOYMENT, deployment("knative-serving", "my-own", 1, "nginx"));
    await().until(() -> condition("activator", "Available").isFalse());
    assertThat(condition("activator", "Available").reason()).isEqualTo("ReplacedByEbb");
    assertThat(condition("activator", "Available").message()).contains("gateway", "not ready yet");

    world.readyParts.add(PlatformPart.GATEWAY);
    await().until(() -> condition("activator", "Available").isTrue());
    KubernetesObject activator = serving("activator");
    assertThat(activator.status().path("readyReplicas").asInt()).isEqualTo(2);
    assertThat(activator.status().path("updatedReplicas").asInt()).isEqualTo(2);
    await().until(() -> condition("my-own", "Available").isFalse());
    assertThat(
            world
                .resources
                .list(POD, ListQuery.in("knative-serving").withLabels("app=activator"))
                .items())
        .isEmpty();
  }

  @Test
  void aDeploymentOfTheNameOfARevisionsStaysTheUsers() {
    world.create(DEPLOYMENT, deployment("default", "hello-00001-deployment", 1, "nginx"));
    world.deployHello();
    await().until(() -> world.exists(CoreKinds.SERVICE, "hello-00001"));
    KubernetesObject deployment = world.get(DEPLOYMENT, "hello-00001-deployment");
    assertThat(deployment.spec().at("/template/spec/containers/0/image").asString())
        .isEqualTo("nginx");
    assertThat(deployment.spec().path("replicas").asInt()).isEqualTo(1);
  }

  /// Lets the containers of all Pods run and be ready.
  private void runAll() {
    for (Instance instance : world.instances.list()) {
      boolean waits =
          instance.containers().stream().noneMatch(ContainerState::ready)
              && instance.phase() == Instance.Phase.STARTING;
      if (waits) {
        world.instances.containers(
            instance.id(), "10.1.0.9", List.of(PlainPodsTest.running("main", 0, true)));
      }
    }
  }

  private long starting() {
    return world.instances.list().stream().filter(one -> one.containers().isEmpty()).count();
  }

  private boolean settled() {
    List<KubernetesObject> pods = all(POD);
    return pods.size() == 1
        && pods.getFirst().spec().at("/containers/0/image").asString().equals("nginx:2")
        && replicas("web", "updatedReplicas") == 1;
  }

  private void setImage(String image) {
    world.change(
        DEPLOYMENT,
        "web",
        json ->
            json.withArray("/spec/template/spec/containers")
                .removeAll()
                .addObject()
                .put("name", "main")
                .put("image", image));
  }

  private Condition condition(String name, String type) {
    return Condition.of(serving(name), type)
        .orElse(new Condition(type, Condition.Status.UNKNOWN, "", ""));
  }

  private KubernetesObject serving(String name) {
    return world.resources.get(DEPLOYMENT, new ObjectKey("knative-serving", name));
  }

  private int replicas(String deployment, String field) {
    return world.get(DEPLOYMENT, deployment).status().path(field).asInt(0);
  }

  private List<KubernetesObject> all(KindDefinition kind) {
    return world.resources.list(kind, ListQuery.in("default")).items();
  }

  static String deployment(String namespace, String name, int replicas, String image) {
    return """
    {"apiVersion": "apps/v1", "kind": "Deployment",
     "metadata": {"name": "%2$s", "namespace": "%1$s"},
     "spec": {"replicas": %3$d, "selector": {"matchLabels": {"app": "%2$s"}},
              "template": {"metadata": {"labels": {"app": "%2$s"}},
                           "spec": {"containers": [{"name": "main", "image": "%4$s"}]}}}}
    """
        .formatted(namespace, name, replicas, image);
  }
}

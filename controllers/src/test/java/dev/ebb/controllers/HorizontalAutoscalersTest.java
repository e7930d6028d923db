package dev.ebb.controllers;

import static dev.ebb.kinds.core.AppsKinds.DEPLOYMENT;
import static dev.ebb.kinds.core.ScalingKinds.HORIZONTAL_POD_AUTOSCALER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.controllers.scaling.PodUse;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.ScalingPolicy.Metric;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.reconcile.Condition;
import dev.ebb.resources.ListQuery;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Revisions of the class `hpa`, and what else a HorizontalPodAutoscaler scales.
class HorizontalAutoscalersTest extends WorldTest {
  private static final String HPA = "hpa.autoscaling.knative.dev";

  @Test
  void aRevisionOfTheClassIsScaledByWhatItsInstancesUse() {
    service("memory", "'target': '50', 'min-scale': '2', 'max-scale': '7'");
    ready(2);
    assertThat(world.policy("hello-00001").metric()).isEqualTo(Metric.USE);
    await().until(() -> world.exists(HORIZONTAL_POD_AUTOSCALER, "hello-00001"));
    KubernetesObject autoscaler = world.get(HORIZONTAL_POD_AUTOSCALER, "hello-00001");
    assertThat(autoscaler.controller().orElseThrow().kind()).isEqualTo("Revision");
    assertThat(autoscaler.labels()).containsEntry("serving.knative.dev/service", "hello");
    assertThat(autoscaler.spec())
        .isEqualTo(
            World.parse(
                    """
                    {"spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment",
                       "name": "hello-00001-deployment"}, "minReplicas": 2, "maxReplicas": 7,
                     "metrics": [{"type": "Resource", "resource": {"name": "memory",
                       "target": {"type": "AverageValue", "averageValue": "50Mi"}}}]}}
                    """)
                .spec());

    uses(90);
    look("hello-00001");
    await().until(() -> desired("hello-00001") == 4);
    assertThat(world.scaler.explanation(World.id("hello-00001")))
        .isEqualTo("memory at 90Mi per instance on average, target 50Mi: 4 wanted");
    await()
        .until(() ->
            world.get(DEPLOYMENT, "hello-00001-deployment").spec().path("replicas").asInt() == 4);
    ready(4);
    look("hello-00001");
    await().until(() -> desired("hello-00001") == 7);
    await()
        .untilAsserted(() -> {
          assertThat(condition("hello-00001", "ScalingLimited").reason())
              .isEqualTo("TooManyReplicas");
          assertThat(events())
              .contains("SuccessfulRescale: New size: 7; reason: memory resource above target");
        });
  }

  @Test
  void aRevisionWithoutARequestSaysWhatIsMissing() {
    service("cpu", "'window': '60s'");
    ready(1);
    uses(90);
    look("hello-00001");
    await()
        .untilAsserted(() ->
            assertThat(condition("hello-00001", "ScalingActive").message())
                .startsWith(
                    "the HPA was unable to compute the replica count: failed to get cpu"
                        + " utilization: missing request for cpu in container user-container of"
                        + " Pod hello-00001-deployment-"));
    JsonNode spec = world.get(HORIZONTAL_POD_AUTOSCALER, "hello-00001").spec();
    assertThat(spec.at("/metrics/0/resource/target/averageUtilization").asInt()).isEqualTo(80);
    assertThat(spec.at("/maxReplicas").asInt()).isEqualTo(Integer.MAX_VALUE);
    assertThat(spec.at("/behavior/scaleUp/stabilizationWindowSeconds").asInt()).isEqualTo(60);
    assertThat(world.scaler.explanation(World.id("hello-00001"))).endsWith(": the count stays");
  }

  @Test
  void aServerThatStartsAgainHasAsManyAsBefore() throws Exception {
    service("memory", "'target': '50'");
    ready(1);
    uses(140);
    look("hello-00001");
    await().until(() -> desired("hello-00001") == 3);
    world.instances.list().forEach(one -> world.instances.stop(one.id()));
    await().until(() -> desired("hello-00001") == 3);
    world.restart();
    await().until(() -> world.instances.scaleOf(World.id("hello-00001")).orElse(0) == 3);
  }

  /// Its autoscaler may look before anybody has started an instance.
  @Test
  void nothingIsPrescribedBeforeTheRevisionIsKnown() {
    String image = "slow.example/a:1";
    CountDownLatch resolved = world.images.hold(image);
    service(image, "memory", "'target': '50'");
    look("hello-00001");
    await()
        .untilAsserted(() ->
            assertThat(condition("hello-00001", "ScalingActive").reason())
                .isEqualTo("ScalingDisabled"));

    resolved.countDown();
    ready(1);
  }

  @Test
  void anotherClassTakesTheAutoscalerAway() {
    service("memory", "'target': '50'");
    ready(1);
    await().until(() -> world.exists(HORIZONTAL_POD_AUTOSCALER, "hello-00001"));
    world.change(
        ServingKinds.REVISION,
        "hello-00001",
        json ->
            json.withObject("/metadata/annotations")
                .put("autoscaling.knative.dev/class", "kpa.autoscaling.knative.dev")
                .put("autoscaling.knative.dev/metric", "rps"));
    await().until(() -> !world.exists(HORIZONTAL_POD_AUTOSCALER, "hello-00001"));
    await().until(() -> world.policy("hello-00001").metric() == Metric.RPS);
  }

  @Test
  void aDeploymentOfAUserIsScaledThroughItsSpec() {
    world.create(DEPLOYMENT, PlainWorkloadsTest.deployment("default", "web", 2, "nginx:1.27"));
    await().until(() -> world.instances.list().size() == 2);
    await()
        .until(
            () -> world.resources.list(CoreKinds.POD, ListQuery.in("default")).items().size() == 2);
    autoscaler("web", "apps/v1", "Deployment", "web", "Resource");
    await()
        .until(() -> condition("web", "ScalingActive").reason().equals("FailedGetResourceMetric"));
    for (Instance instance : world.instances.list()) {
      world.instances.containers(
          instance.id(), "10.1.0.9", List.of(PlainPodsTest.running("main", 0, true)));
    }
    uses(120);
    await()
        .until(() -> {
          look("web");
          return world.get(DEPLOYMENT, "web").spec().path("replicas").asInt() > 2;
        });
    await().until(() -> world.instances.list().size() > 2);
    assertThat(condition("web", "AbleToScale").isTrue()).isTrue();
  }

  @Test
  void whatCannotBeScaledIsTold() {
    autoscaler("none", "apps/v1", "Deployment", "none", "Resource");
    autoscaler("guess", "example.com/v1", "Guess", "none", "Resource");
    autoscaler("pod", "v1", "Pod", "none", "Resource");
    assertProblem("none", "deployments.apps \"none\" not found");
    assertProblem("guess", "no matches for kind \"Guess\" in group \"example.com\"");
    assertProblem("pod", "the server could not find the requested resource");
    world.deployHello();
    await().until(() -> world.exists(DEPLOYMENT, "hello-00001-deployment"));
    autoscaler("mine", "apps/v1", "Deployment", "hello-00001-deployment", "Resource");
    assertProblem(
        "mine",
        "deployments.apps \"hello-00001-deployment\" shows a Revision, whose requests scale it;"
            + " give that the annotation autoscaling.knative.dev/class: "
            + HPA);
  }

  @Test
  void twoOfOneWorkloadDoNothing() {
    world.create(DEPLOYMENT, PlainWorkloadsTest.deployment("default", "web", 2, "nginx:1.27"));
    autoscaler("one", "apps/v1", "Deployment", "web", "Resource");
    autoscaler("two", "apps/v1", "Deployment", "web", "Resource");
    await()
        .until(() -> {
          look("one");
          return condition("one", "ScalingActive").reason().equals("AmbiguousSelector");
        });
  }

  private void assertProblem(String name, String problem) {
    await()
        .untilAsserted(() ->
            assertThat(condition(name, "AbleToScale"))
                .isEqualTo(
                    new Condition(
                        "AbleToScale",
                        Condition.Status.FALSE,
                        "FailedGetScale",
                        "the HPA controller was unable to get the target's current scale: "
                            + problem)));
  }

  private void service(String metric, String more) {
    service(World.IMAGE, metric, more);
  }

  private void service(String image, String metric, String more) {
    world.instances.readyAtOnce();
    String annotations =
        "'class': '%s', 'metric': '%s', %s"
            .formatted(HPA, metric, more)
            .replaceAll("'([a-z-]+)':", "'autoscaling.knative.dev/$1':")
            .replace('\'', '"');
    world.create(
        ServingKinds.SERVICE,
        World.service("hello", image)
            .replace(
                "\"template\": {",
                "\"template\": {\"metadata\": {\"annotations\": {" + annotations + "}}, "));
  }

  private void autoscaler(String name, String version, String kind, String target, String type) {
    world.create(
        HORIZONTAL_POD_AUTOSCALER,
        """
        {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
         "metadata": {"name": "%s", "namespace": "default"},
         "spec": {"scaleTargetRef": {"apiVersion": "%s", "kind": "%s", "name": "%s"},
           "maxReplicas": 5, "metrics": [{"type": "%s", "resource": {"name": "memory",
             "target": {"type": "AverageValue", "averageValue": "50Mi"}}}]}}
        """
            .formatted(name, version, kind, target, type));
  }

  /// Each Pod from now on.
  private void uses(int mebibytes) {
    world.usage =
        pods -> {
          Map<ObjectKey, PodUse> use = new HashMap<>();
          pods.forEach(pod ->
              use.put(
                  pod.key(),
                  new PodUse(
                      world.resources.clock().instant(),
                      Duration.ZERO,
                      Map.of("user-container", new PodUse.Container(0, mebibytes * (1L << 20))))));
          return use;
        };
  }

  /// The queue waits by a clock of its own: a change makes the controller look.
  private void look(String name) {
    await().until(() -> world.exists(HORIZONTAL_POD_AUTOSCALER, name));
    world.resources.clock().advance(Duration.ofSeconds(15));
    String now = world.resources.clock().instant().toString();
    world.change(
        HORIZONTAL_POD_AUTOSCALER,
        name,
        json -> json.withObject("/metadata").withObject("/annotations").put("look", now));
  }

  /// Waits until so many Pods say that they run.
  private void ready(int count) {
    await()
        .untilAsserted(() ->
            assertThat(world.resources.list(CoreKinds.POD, ListQuery.in("default")).items())
                .filteredOn(pod -> pod.status().path("phase").asString("").equals("Running"))
                .hasSize(count));
  }

  private int desired(String name) {
    return world.get(HORIZONTAL_POD_AUTOSCALER, name).status().path("desiredReplicas").asInt(-1);
  }

  private Condition condition(String name, String type) {
    return world.condition(HORIZONTAL_POD_AUTOSCALER, name, type);
  }

  private List<String> events() {
    return world.resources.list(CoreKinds.EVENT, ListQuery.in("default")).items().stream()
        .map(event ->
            event.json().path("reason").asString() + ": " + event.json().path("message").asString())
        .toList();
  }
}

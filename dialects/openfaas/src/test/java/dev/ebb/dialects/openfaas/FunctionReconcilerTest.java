package dev.ebb.dialects.openfaas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.openfaas.OpenFaasKinds;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.kinds.yaml.YamlReader;
import dev.ebb.reconcile.EventRecorder;
import dev.ebb.reconcile.Result;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `openfaas.com/v1` Functions and Profiles over real objects in memory.
class FunctionReconcilerTest {
  private static final ObjectKey INFO = new ObjectKey("openfaas-fn", "info");

  private final World world = new World();
  private final EventRecorder events =
      new EventRecorder(world.resources, _ -> "openfaas-operator", world.resources.clock());
  private final FunctionReconciler reconciler =
      new FunctionReconciler(world.resources, events, world.resources.clock());

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aFunctionIsAService() {
    secret("s1");
    function(
        """
        image: docker.io/library/x:1
        handler: node main.js
        environment: {A: b}
        labels: {com.openfaas.scale.min: "2"}
        annotations: {topic: cron-function, schedule: "@daily"}
        limits: {memory: 64Mi}
        requests: {memory: "", cpu: 10m}
        constraints: [a=b]
        secrets: [s1]
        readOnlyRootFilesystem: true
        """);
    KubernetesObject service = world.service("info");
    assertThat(service.controller().orElseThrow().apiVersion()).isEqualTo("openfaas.com/v1");
    assertThat(service.annotations()).containsEntry("schedule", "@daily");
    assertThat(service.labels()).containsEntry("faas_function", "info");
    assertThat(service.spec().at("/template/metadata/annotations").toString())
        .contains("\"autoscaling.knative.dev/min-scale\":\"2\"")
        .doesNotContain("deployed-at");
    JsonNode container = service.spec().at("/template/spec/containers/0");
    assertThat(container.path("image").asString()).isEqualTo("docker.io/library/x:1");
    assertThat(container.path("env").toString())
        .isEqualTo(
            "[{\"name\":\"A\",\"value\":\"b\"},{\"name\":\"OPENFAAS_NAME\",\"value\":\"info\"},"
                + "{\"name\":\"OPENFAAS_NAMESPACE\",\"value\":\"openfaas-fn\"},"
                + "{\"name\":\"fprocess\",\"value\":\"node main.js\"}]");
    assertThat(container.path("resources").toString())
        .isEqualTo("{\"limits\":{\"memory\":\"64Mi\"},\"requests\":{\"cpu\":\"10m\"}}");
    assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("volumeMounts").toString()).contains("/var/openfaas/secrets");
    assertThat(world.admin().call("GET /system/functions").body())
        .contains("\"name\":\"info\"", "\"constraints\":[\"a=b\"]", "\"secrets\":[\"s1\"]");
  }

  @Test
  void aChangeIsFollowedAndNothingElseMakesARevision() {
    function("{image: 'x:1', labels: {a: b}}");
    String version = world.service("info").resourceVersion();
    reconcile();
    assertThat(world.service("info").resourceVersion()).isEqualTo(version);
    change("{name: info, image: 'x:2'}");
    assertThat(world.service("info").spec().at("/template/spec/containers/0/image").asString())
        .isEqualTo("x:2");
    assertThat(world.service("info").labels()).containsOnlyKeys("faas_function");
  }

  @Test
  void itsConditionsAreThoseOfTheOperator() {
    function("{image: 'x:1'}");
    assertThat(conditions())
        .containsExactly(
            "Healthy=False Unavailable", "Ready=Unknown Deploying", "Reconciling=True Deploying");
    world.run("info", 3, 1, 0);
    serviceIs("True", "", "");
    revisionHas(3, 1);
    reconcile();
    assertThat(conditions()).containsExactly("Healthy=True Available", "Ready=True Deployed");
    assertThat(function().status().path("replicas").asInt()).isEqualTo(3);
    assertThat(function().status().path("availableReplicas").asInt()).isEqualTo(1);
    assertThat(function().status().path("unavailableReplicas").asInt()).isEqualTo(2);
    revisionHas(0, 0);
    reconcile();
    assertThat(conditions()).containsExactly("Healthy=False ScaledToZero", "Ready=True Deployed");
    assertThat(function().status().has("replicas")).isFalse();

    serviceIs("False", "RevisionFailed", "it does not start");
    reconcile();
    assertThat(conditions())
        .containsExactly(
            "Healthy=False RevisionFailed",
            "Ready=False RevisionFailed",
            "Stalled=True RevisionFailed");
    assertThat(function().status().path("observedGeneration").asLong()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "secrets: [none]|Invalid|unable to fetch secrets: secret none was not found",
        "annotations: {topic: cron-function}|Invalid|validation failed: annotations: schedule",
        "labels: {com.openfaas.scale.min: many}|Invalid|validation failed: label",
        "annotations: {com.openfaas.profile: none}|Invalid|unable to fetch profiles: profile none",
        "annotations: {autoscaling.knative.dev/x: z}|Refused|admission webhook"
      })
  void whatCannotBeIsToldInItsStatusAndByAnEvent(String spec, String reason, String message) {
    function("{image: 'x:1', " + spec + "}");
    assertThat(conditions())
        .contains("Stalled=True " + reason, "Ready=False " + reason)
        .doesNotContain("Reconciling=True Deploying");
    assertThat(function().status().toString()).contains(message);
    while (events.runOnce()) {}
    assertThat(world.resources.list(CoreKinds.EVENT, ListQuery.all()).items())
        .singleElement()
        .satisfies(
            event -> assertThat(event.json().path("message").asString()).startsWith(message));
  }

  @Test
  void aSecretThatComesLaterIsFound() {
    function("{image: 'x:1', secrets: [late]}");
    assertThat(world.resources.find(ServingKinds.SERVICE, INFO)).isEmpty();
    secret("late");
    reconcile();
    assertThat(world.resources.find(ServingKinds.SERVICE, INFO)).isPresent();
    assertThat(conditions()).contains("Ready=Unknown Deploying");
  }

  @Test
  void aServiceOfOthersIsLeftAndOneOfTheApiIsAdopted() {
    String service = "{image: 'x:1'}";
    create(
        ServingKinds.SERVICE,
        INFO,
        "{spec: {template: {spec: {containers: [{image: 'docker.io/library/y:1'}]}}}}");
    function(service);
    assertThat(conditions()).contains("Stalled=True NotOwned");
    assertThat(world.service("info").controller()).isEmpty();

    assertThat(
            world
                .admin()
                .call("PUT /system/functions", "{\"service\":\"info\",\"image\":\"docker.io/z:1\"}")
                .status())
        .isEqualTo(202);
    reconcile();
    assertThat(conditions()).contains("Ready=Unknown Deploying");
    assertThat(world.service("info").controller()).isPresent();
    assertThat(world.service("info").spec().toString()).contains("x:1").doesNotContain("z:1");
  }

  @Test
  void theClientOfTheApiChangesAndRemovesTheObject() {
    function("{image: 'x:1', handler: cat}");
    assertThat(
            world
                .admin()
                .call(
                    "PUT /system/functions",
                    "{\"service\":\"info\",\"image\":\"x:2\",\"envVars\":{\"A\":\"b\"},"
                        + "\"limits\":{\"memory\":\"64Mi\"},\"readOnlyRootFilesystem\":true}")
                .told())
        .isEqualTo("202");
    assertThat(function().spec().toString())
        .isEqualTo(
            "{\"name\":\"info\",\"image\":\"x:2\",\"environment\":{\"A\":\"b\"},"
                + "\"limits\":{\"memory\":\"64Mi\"},\"readOnlyRootFilesystem\":true}");
    assertThat(
            world
                .admin()
                .call(
                    "PUT /system/functions",
                    "{\"service\":\"info\",\"image\":\"x:2\",\"secrets\":[\"none\"]}")
                .told())
        .startsWith("400 unable to fetch secrets");
    assertThat(
            world.admin().call("DELETE /system/functions", "{\"functionName\":\"info\"}").status())
        .isEqualTo(202);
    assertThat(world.resources.find(OpenFaasKinds.FUNCTION, INFO)).isEmpty();
  }

  @Test
  void profilesHaveTheirEffectAndLaterOnesCountMore() {
    profile(
        "small",
        """
        resources: {limits: {memory: 128Mi, cpu: 500m}, requests: {memory: 64Mi}}
        podSecurityContext: {runAsUser: 1000, runAsNonRoot: true}
        tolerations: [{key: nvme, operator: Exists}]
        strategy: {type: Recreate}
        """);
    profile("other", "{podSecurityContext: {runAsUser: 2000}, resources: {limits: {cpu: 1}}}");
    function(
        "{image: 'x:1', limits: {memory: 256Mi},"
            + " annotations: {com.openfaas.profile: 'small, other'}}");
    JsonNode spec = world.service("info").spec().at("/template/spec");
    assertThat(spec.at("/containers/0/resources").toString())
        .isEqualTo(
            "{\"limits\":{\"memory\":\"256Mi\",\"cpu\":1},\"requests\":{\"memory\":\"64Mi\"}}");
    assertThat(spec.at("/containers/0/securityContext").toString())
        .isEqualTo("{\"runAsUser\":2000,\"runAsNonRoot\":true}");
    assertThat(spec.has("tolerations")).isFalse();
    assertThat(function().status().path("profiles").toString())
        .isEqualTo(
            "[{\"profileRef\":{\"name\":\"small\",\"namespace\":\"openfaas\"},"
                + "\"observedGeneration\":1},{\"profileRef\":{\"name\":\"other\","
                + "\"namespace\":\"openfaas\"},\"observedGeneration\":1}]");

    // The same for a function of the API.
    assertThat(
            world
                .admin()
                .call(
                    "POST /system/functions",
                    "{\"service\":\"api\",\"image\":\"x:1\","
                        + "\"annotations\":{\"com.openfaas.profile\":\"other\"}}")
                .told())
        .isEqualTo("202");
    assertThat(world.service("api").spec().toString()).contains("\"runAsUser\":2000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runtimeClassName: gvisor|spec.template.spec.runtimeClassName",
        "dnsPolicy: None|spec.template.spec.dnsPolicy",
        "dnsConfig: {nameservers: [8.8.8.8]}|spec.template.spec.dnsConfig",
        "podSecurityContext: {fsGroup: 5}|spec.template.spec.securityContext"
      })
  void whatAPodWouldLackIsRefused(String spec, String field) {
    profile("strict", "{" + spec + "}");
    function("{image: 'x:1', annotations: {com.openfaas.profile: strict}}");
    assertThat(conditions()).contains("Stalled=True Refused");
    assertThat(function().status().toString()).contains(field);
    assertThat(
            world
                .admin()
                .call(
                    "POST /system/functions",
                    "{\"service\":\"api\",\"image\":\"x:1\","
                        + "\"annotations\":{\"com.openfaas.profile\":\"strict\"}}")
                .told())
        .startsWith("400 ")
        .contains(field);
  }

  private void function(String spec) {
    create(OpenFaasKinds.FUNCTION, INFO, "{spec: {name: info}}", spec);
    reconcile();
  }

  private void profile(String name, String spec) {
    create(OpenFaasKinds.PROFILE, new ObjectKey("openfaas", name), "{spec: {}}", spec);
  }

  private void secret(String name) {
    create(CoreKinds.SECRET, new ObjectKey("openfaas-fn", name), "{data: {}}");
  }

  private void change(String spec) {
    world.resources.update(
        OpenFaasKinds.FUNCTION,
        function().with(json -> json.set("spec", yaml(spec))),
        WriteOptions.by("test"));
    reconcile();
  }

  private void create(KindDefinition kind, ObjectKey key, String content) {
    create(kind, key, content, "{}");
  }

  private void create(KindDefinition kind, ObjectKey key, String content, String spec) {
    world.resources.create(
        kind,
        KubernetesObject.of(kind.type(), key)
            .with(json -> {
              json.setAll(yaml(content));
              ObjectNode more = yaml(spec);
              if (!more.isEmpty()) {
                json.withObject("/spec").setAll(more);
              }
            }),
        WriteOptions.by("test"));
  }

  private static ObjectNode yaml(String text) {
    return (ObjectNode) YamlReader.readAll(text).getFirst();
  }

  private void serviceIs(String ready, String reason, String message) {
    world.resources.update(
        ServingKinds.SERVICE,
        world
            .service("info")
            .with(json -> {
              ObjectNode status = json.withObject("/status");
              status.put("observedGeneration", world.service("info").generation());
              status
                  .putArray("conditions")
                  .addObject()
                  .put("type", "Ready")
                  .put("status", ready)
                  .put("reason", reason)
                  .put("message", message);
            }),
        WriteOptions.by("test").to(WriteOptions.Subresource.STATUS));
  }

  private void revisionHas(int desired, int actual) {
    world.resources.update(
        ServingKinds.REVISION,
        world
            .revision("info-00001")
            .with(json ->
                json.withObject("/status")
                    .put("desiredReplicas", desired)
                    .put("actualReplicas", actual)),
        WriteOptions.by("test").to(WriteOptions.Subresource.STATUS));
  }

  private void reconcile() {
    assertThat(reconciler.reconcile(INFO)).isEqualTo(Result.done());
  }

  private KubernetesObject function() {
    return world.resources.get(OpenFaasKinds.FUNCTION, INFO);
  }

  private List<String> conditions() {
    List<String> conditions = new ArrayList<>();
    for (JsonNode condition : function().status().path("conditions")) {
      conditions.add(
          "%s=%s %s"
              .formatted(
                  condition.path("type").asString(),
                  condition.path("status").asString(),
                  condition.path("reason").asString()));
    }
    return conditions.stream().sorted().toList();
  }
}

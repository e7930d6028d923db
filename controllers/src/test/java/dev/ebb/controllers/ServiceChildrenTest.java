package dev.ebb.controllers;

import static dev.ebb.kinds.serving.ServingKinds.CONFIGURATION;
import static dev.ebb.kinds.serving.ServingKinds.REVISION;
import static dev.ebb.kinds.serving.ServingKinds.ROUTE;
import static dev.ebb.kinds.serving.ServingKinds.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// What becomes of the Configuration and the Route that a Service has, and of the Revisions of a
/// Configuration, when somebody writes to them.
class ServiceChildrenTest extends WorldTest {
  @ParameterizedTest
  @ValueSource(strings = {"configurations", "routes"})
  void labelsAndAnnotationsFollowTheService(String plural) {
    KindDefinition kind = plural.equals("routes") ? ROUTE : CONFIGURATION;
    world.deployHello();
    world.change(SERVICE, "hello", json -> mark(json, "of-service"));
    await().until(() -> isMarked(kind, "of-service"));

    world.change(kind, "hello", json -> mark(json, "of-somebody"));
    await().until(() -> !isMarked(kind, "of-somebody"));
    assertThat(isMarked(kind, "of-service")).isTrue();

    world.change(
        SERVICE,
        "hello",
        json -> {
          json.withObject("/metadata/labels").remove("of-service");
          json.withObject("/metadata/annotations").remove("of-service");
        });
    await().until(() -> !isMarked(kind, "of-service"));
    assertThat(world.get(kind, "hello").labels())
        .containsEntry("serving.knative.dev/service", "hello");
  }

  @Test
  void aChangedRouteIsResetAndADeletedOneMadeAgain() {
    world.deployHello();
    world.change(
        ROUTE,
        "hello",
        json -> {
          ObjectNode target = (ObjectNode) json.at("/spec/traffic/0");
          target.put("tag", "mine");
        });
    await().until(() -> !world.get(ROUTE, "hello").spec().at("/traffic/0").has("tag"));

    String uid = world.get(ROUTE, "hello").uid();
    world.delete(ROUTE, "hello");
    await()
        .until(() -> world.exists(ROUTE, "hello") && !world.get(ROUTE, "hello").uid().equals(uid));
    world.awaitReady(SERVICE, "hello");
  }

  @Test
  void aChangedConfigurationIsResetAndTheServiceServesWhatItAsksFor() {
    world.deployHello();
    world.change(CONFIGURATION, "hello", json -> World.setEnvironment(json, "A", "mine"));
    await()
        .until(() ->
            !world.get(CONFIGURATION, "hello").spec().at("/template/spec/containers/0").has("env"));
    await()
        .until(() ->
            world
                .get(CONFIGURATION, "hello")
                .status()
                .path("latestCreatedRevisionName")
                .asString("")
                .equals("hello-00003"));
    world.becomeReady("hello-00003");
    world.awaitReady(SERVICE, "hello");
    assertThat(world.get(REVISION, "hello-00003").spec().at("/containers/0").has("env")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "serving.knative.dev/v1, services, jane",
    "serving.knative.dev/v1, configurations, jane"
  })
  void whoChangedTheTemplateMadeTheRevision(String version, String plural, String first) {
    KindDefinition kind = plural.equals("services") ? SERVICE : CONFIGURATION;
    String json = World.service("hello", World.IMAGE);
    if (kind.equals(CONFIGURATION)) {
      json =
          json.replace("\"Service\"", "\"Configuration\"")
              .replaceAll("(?s),\\s*\"traffic\".*]", "");
    }
    world.resources.create(kind, World.parse(json), by(first));
    await().until(() -> world.exists(REVISION, "hello-00001"));
    KubernetesObject changed =
        world.get(kind, "hello").with(it -> World.setEnvironment(it, "A", "1"));
    await()
        .ignoreExceptions()
        .until(() -> {
          KubernetesObject now =
              world.get(kind, "hello").with(it -> it.set("spec", changed.spec().deepCopy()));
          return world.resources.update(kind, now, by("joe")).object().generation() == 2;
        });
    await().until(() -> world.exists(REVISION, "hello-00002"));
    assertThat(creator("hello-00001")).isEqualTo(first);
    assertThat(creator("hello-00002")).isEqualTo("joe");
  }

  @Test
  void aConfigurationAloneTellsWhichRoutesLeadToIt() {
    world.create(
        CONFIGURATION,
        """
        {"apiVersion": "serving.knative.dev/v1", "kind": "Configuration",
         "metadata": {"name": "alone", "namespace": "default"},
         "spec": {"template": {"spec": {"containers": [{"image": "%s"}]}}}}
        """
            .formatted(World.IMAGE));
    world.becomeReady("alone-00001");
    world.awaitReady(CONFIGURATION, "alone");
    assertThat(world.get(REVISION, "alone-00001").labels())
        .doesNotContainKeys("serving.knative.dev/service", "serving.knative.dev/serviceUID");
    assertThat(routes("alone")).isEmpty();

    route("one", "\"configurationName\": \"alone\"");
    await().until(() -> routes("alone").equals("one"));
    route("two", "\"revisionName\": \"alone-00001\"");
    await().until(() -> routes("alone").equals("one,two"));
    world.delete(ROUTE, "one");
    await().until(() -> routes("alone").equals("two"));
    world.delete(ROUTE, "two");
    await().until(() -> routes("alone").isEmpty());
  }

  @Test
  void theConfigurationOfAServiceNamesItsRouteFromTheBeginning() {
    world.create(SERVICE, World.service("hello", World.IMAGE));
    await().until(() -> world.exists(CONFIGURATION, "hello"));
    assertThat(routes("hello")).isEqualTo("hello");
    route("other", "\"configurationName\": \"hello\"");
    await().until(() -> routes("hello").equals("hello,other"));
    world.change(SERVICE, "hello", json -> mark(json, "new"));
    await().until(() -> isMarked(CONFIGURATION, "new"));
    assertThat(routes("hello")).isEqualTo("hello,other");
  }

  @Test
  void theNameOfARevisionFitsALabel() {
    String name = "a".repeat(63);
    world.create(SERVICE, World.service(name, World.IMAGE));
    String revision = "a".repeat(25) + "b06521f39153d618550606be297466d5-00001";
    await().until(() -> world.exists(REVISION, revision));
    world.becomeReady(revision);
    world.awaitReady(SERVICE, name);
  }

  private void route(String name, String target) {
    world.create(
        ROUTE,
        """
        {"apiVersion": "serving.knative.dev/v1", "kind": "Route",
         "metadata": {"name": "%s", "namespace": "default"},
         "spec": {"traffic": [{"percent": 100, %s}]}}
        """
            .formatted(name, target));
  }

  private String routes(String configuration) {
    return world
        .get(CONFIGURATION, configuration)
        .annotations()
        .getOrDefault("serving.knative.dev/routes", "");
  }

  private String creator(String revision) {
    return world
        .get(REVISION, revision)
        .annotations()
        .getOrDefault("serving.knative.dev/creator", "");
  }

  private static void mark(ObjectNode json, String name) {
    json.withObject("/metadata/labels").put(name, "x");
    json.withObject("/metadata/annotations").put(name, "x");
  }

  private boolean isMarked(KindDefinition kind, String name) {
    KubernetesObject object = world.get(kind, "hello");
    return object.labels().containsKey(name) || object.annotations().containsKey(name);
  }

  private static WriteOptions by(String user) {
    return new WriteOptions(
        Subresource.NONE, "test", user, false, WriteOptions.FieldValidation.IGNORE, false);
  }
}

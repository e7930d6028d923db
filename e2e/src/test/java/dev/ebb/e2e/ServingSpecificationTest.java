package dev.ebb.e2e;

import static dev.ebb.e2e.ServingObjects.condition;
import static dev.ebb.e2e.ServingObjects.json;
import static dev.ebb.e2e.ServingObjects.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The clauses of the Knative Serving API specification 1.0.2 (knative/specs,
/// `specs/serving/knative-api-specification-1.0.md`) that say what objects do, each test named
/// after its clause. Fields are in [ServingFieldsTest], who may do what in [ServingProfileTest].
@ExtendWith(SharedPlatform.class)
@Timeout(120)
class ServingSpecificationTest {
  private static final String SERVICE_LABEL = "/metadata/labels/serving.knative.dev~1service";
  private static ServingObjects serving;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    serving = new ServingObjects(shared, "specification");
  }

  @AfterAll
  static void stop() {
    serving.close();
  }

  @Test
  @DisplayName("Service: it must create and own a Configuration and a Route of its name")
  void aServiceOwnsAConfigurationAndARouteOfItsName() {
    JsonNode service = serving.deploy("owner", "one");
    for (String plural : List.of("configurations", "routes")) {
      JsonNode owned = serving.get(plural, "owner");
      assertOwned(owned, service, "Service");
      assertThat(owned.at(SERVICE_LABEL).asString("")).isEqualTo("owner");
    }
    JsonNode configuration = serving.get("configurations", "owner");
    assertOwned(serving.get("revisions", "owner-00001"), configuration, "Configuration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"configurations", "routes"})
  @DisplayName("Service: metadata must be copied; what is not the Service's must be removed")
  void metadataIsCopiedAndOthersIsRemoved(String plural) {
    String name = "meta-" + plural;
    ObjectNode service = serving.service(name, "one");
    ((ObjectNode) service.path("metadata")).set("labels", json("{'l': '1'}"));
    ((ObjectNode) service.path("metadata")).set("annotations", json("{'a': '1'}"));
    serving.create("services", service);
    serving.await(plural, name, owned -> has(owned, "l", "1") && has(owned, "a", "1"));

    serving.patch(
        "services", name, "{'metadata': {'labels': {'l': '2'}, 'annotations': {'a': null}}}");
    serving.await(plural, name, owned -> has(owned, "l", "2") && !has(owned, "a", "1"));

    serving.patch(
        plural, name, "{'metadata': {'labels': {'mine': 'x'}, 'annotations': {'my': 'x'}}}");
    serving.await(plural, name, owned -> !has(owned, "mine", "x") && !has(owned, "my", "x"));
    assertThat(serving.get(plural, name).at(SERVICE_LABEL).asString("")).isEqualTo(name);
  }

  @Test
  @DisplayName("Service: its status follows its Configuration and its Route")
  void theStatusOfAServiceFollowsWhatItOwns() {
    JsonNode service = serving.deploy("follows", "one");
    JsonNode route = serving.get("routes", "follows");
    JsonNode configuration = serving.get("configurations", "follows");
    for (String field : List.of("url", "address", "traffic")) {
      assertThat(service.path("status").path(field)).isEqualTo(route.path("status").path(field));
    }
    for (String field : List.of("latestReadyRevisionName", "latestCreatedRevisionName")) {
      assertThat(service.path("status").path(field))
          .isEqualTo(configuration.path("status").path(field));
    }
    for (String type : List.of("ConfigurationsReady", "RoutesReady", "Ready")) {
      assertThat(status(service, type)).as(type).isEqualTo("True");
    }
  }

  @Test
  @DisplayName("Service: without traffic all of it goes to the latest ready Revision")
  void withoutTrafficAllGoesToTheLatestReadyRevision() {
    JsonNode service = serving.deploy("latest", "one");
    assertThat(service.at("/spec/traffic"))
        .isEqualTo(json("{'t': [{'latestRevision': true, 'percent': 100}]}").path("t"));
    assertThat(serving.call("latest")).isEqualTo("one");
    serving.update("latest", "two");
    assertThat(serving.call("latest")).isEqualTo("two");
  }

  @ParameterizedTest
  @CsvSource({"configurations, ConfigurationsReady, Configuration", "routes, RoutesReady, Route"})
  @DisplayName("Ownership: what is another's is not modified, and a condition tells")
  void whatIsAnothersIsNotModified(String plural, String type, String kind) {
    String name = "taken-" + plural;
    JsonNode mine =
        plural.equals("routes")
            ? serving.route(name, "[{'percent': 100, 'configurationName': 'none'}]")
            : serving.configuration(name, "mine");
    JsonNode before = serving.create(plural, mine);
    serving.create("services", serving.service(name, "one"));

    JsonNode service = serving.await("services", name, it -> status(it, type).equals("False"));

    assertThat(condition(service, type).path("reason").asString()).isEqualTo("NotOwned");
    assertThat(condition(service, type).path("message").asString())
        .isEqualTo("There is an existing %s \"%s\" that we do not own.".formatted(kind, name));
    assertThat(serving.get(plural, name).path("spec")).isEqualTo(before.path("spec"));
  }

  @Test
  @DisplayName("Ownership: deleting an owner must delete what it owns")
  void deletingAnOwnerDeletesWhatItOwns() {
    serving.deploy("goes", "one");
    serving.api().delete(serving.path("services", "goes"), "v1", "").expect(200);
    serving.awaitGone("services", "goes");
    serving.awaitGone("configurations", "goes");
    serving.awaitGone("routes", "goes");
    serving.awaitGone("revisions", "goes-00001");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          routes | {'spec': {'traffic': [{'percent': 100, 'configurationName': 'reset-routes', 'tag': 'mine'}]}} | /spec/traffic/0/tag
          configurations | {'spec': {'template': {'spec': {'serviceAccountName': 'mine'}}}} | /spec/template/spec/serviceAccountName
          """)
  @DisplayName("Route, Configuration: changes to what a Service owns are reset")
  void changesToWhatAServiceOwnsAreReset(String plural, String change, String pointer) {
    String name = "reset-" + plural;
    serving.deploy(name, "one");
    serving.patch(plural, name, change);
    serving.await(plural, name, object -> object.at(pointer).isMissingNode());
    serving.awaitReady("services", name);
    assertThat(serving.call(name)).isEqualTo("one");
  }

  @Test
  @DisplayName("Configuration: a changed template must make an owned Revision, named or not")
  void aChangedTemplateMakesARevision() {
    serving.create("configurations", serving.configuration("made", "one"));
    JsonNode first = serving.awaitReady("configurations", "made");
    serving.patch(
        "configurations",
        "made",
        "{'spec': {'template': {'metadata': {'name': 'made-byhand', 'labels': {'l': 'x'}, 'annotations': {'a': 'x'}},"
            + " 'spec': {'timeoutSeconds': 17}}}}");
    JsonNode second = serving.awaitReady("configurations", "made");

    assertThat(first.at("/status/latestCreatedRevisionName").asString()).isEqualTo("made-00001");
    assertThat(second.at("/status/latestCreatedRevisionName").asString()).isEqualTo("made-byhand");
    JsonNode revision = serving.get("revisions", "made-byhand");
    assertOwned(revision, second, "Configuration");
    assertThat(has(revision, "l", "x") && has(revision, "a", "x")).isTrue();
    assertThat(revision.path("spec")).isEqualTo(second.at("/spec/template/spec"));
  }

  @Test
  @DisplayName("Configuration: its own metadata must not be copied to Revisions")
  void theMetadataOfAConfigurationStaysThere() {
    ObjectNode configuration = serving.configuration("stays", "one");
    ((ObjectNode) configuration.path("metadata")).set("labels", json("{'l': 'x'}"));
    ((ObjectNode) configuration.path("metadata")).set("annotations", json("{'a': 'x'}"));
    serving.create("configurations", configuration);
    serving.awaitReady("configurations", "stays");
    JsonNode revision = serving.get("revisions", "stays-00001");
    assertThat(has(revision, "l", "x") || has(revision, "a", "x")).isFalse();
    JsonNode labels = revision.at("/metadata/labels");
    assertThat(labels.path("serving.knative.dev/configuration").asString()).isEqualTo("stays");
    assertThat(labels.path("serving.knative.dev/configurationGeneration").asString())
        .isEqualTo("1");
    assertThat(labels.has("serving.knative.dev/service")).isFalse();
  }

  @Test
  @DisplayName(
      "Configuration: it tells the Revision that was created and the one that was ready last")
  void aConfigurationTellsTheLatestCreatedAndTheLatestReady() {
    serving.deploy("tells", "one");
    serving.patch(
        "services",
        "tells",
        "{'spec': {'template': {'spec': {'containers': [{'image': 'localhost:1/no/image'}]}}}}");
    JsonNode service =
        serving.await(
            "services",
            "tells",
            it ->
                ServingObjects.isObserved(it) && status(it, "ConfigurationsReady").equals("False"));
    assertThat(condition(service, "ConfigurationsReady").path("reason").asString())
        .isEqualTo("RevisionFailed");
    assertThat(status(service, "Ready")).isEqualTo("False");
    JsonNode configuration = serving.get("configurations", "tells");
    assertThat(configuration.at("/status/latestCreatedRevisionName").asString())
        .isEqualTo("tells-00002");
    assertThat(configuration.at("/status/latestReadyRevisionName").asString())
        .isEqualTo("tells-00001");
    assertThat(serving.call("tells")).isEqualTo("one");
  }

  @Test
  @DisplayName("Configuration: where a Revision cannot be created it must not be Ready")
  void whereARevisionCannotBeCreatedItIsNotReady() {
    serving.create("configurations", serving.configuration("name", "one"));
    serving.awaitReady("configurations", "name");
    serving.patch(
        "configurations",
        "name",
        "{'spec': {'template': {'metadata': {'name': 'name-00001'}, 'spec': {'timeoutSeconds': 9}}}}");

    JsonNode configuration =
        serving.await("configurations", "name", it -> status(it, "Ready").equals("False"));

    assertThat(condition(configuration, "Ready").path("reason").asString())
        .isEqualTo("RevisionFailed");
    assertThat(condition(configuration, "Ready").path("message").asString())
        .isEqualTo(
            "Revision creation failed with message: revisions.serving.knative.dev"
                + " \"name-00001\" already exists.");
    assertThat(serving.get("revisions", "name-00001").at("/spec/timeoutSeconds").asInt())
        .isEqualTo(300);
  }

  @Test
  @DisplayName("Revision: its spec must not be updated")
  void theSpecOfARevisionIsNotUpdated() {
    serving.deploy("still", "one");
    KnApi.Answer answer =
        serving
            .api()
            .mergePatch(
                serving.path("revisions", "still-00001"), json("{'spec': {'timeoutSeconds': 9}}"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("message").asString())
        .contains("Immutable fields changed (-old +new): spec\ntimeoutSeconds: -300 +9");
    serving.patch("revisions", "still-00001", "{'metadata': {'labels': {'mine': 'x'}}}");
  }

  @Test
  @DisplayName("Error signalling: conditions are complete, unique, and Ready is their summary")
  void conditionsAreCompleteAndReadyIsTheirSummary() {
    serving.deploy("signals", "one");
    serving.create(
        "services", withImage(serving.service("signals-not", "one"), "localhost:1/no/image"));
    serving.await("services", "signals-not", it -> status(it, "Ready").equals("False"));
    for (String name : List.of("signals", "signals-not")) {
      for (String plural : List.of("services", "configurations", "routes")) {
        assertSummary(serving.get(plural, name));
      }
      assertSummary(serving.get("revisions", name + "-00001"));
    }
  }

  @Test
  @DisplayName("observedGeneration is updated together with the conditions")
  void theObservedGenerationComesWithItsConditions() {
    serving.deploy("seen", "one");
    JsonNode service = serving.update("seen", "two");
    assertThat(service.at("/metadata/generation").asLong()).isEqualTo(2);
    assertThat(service.at("/status/observedGeneration").asLong()).isEqualTo(2);
    assertThat(serving.get("configurations", "seen").at("/status/observedGeneration").asLong())
        .isEqualTo(2);
    // Its spec did not change.
    assertThat(serving.get("routes", "seen").at("/status/observedGeneration").asLong())
        .isEqualTo(1);
  }

  @Test
  @DisplayName(
      "Request routing: weights hold for requests, whatever connection or number of instances")
  void weightsHoldForRequestsWhateverTheConnection() {
    ObjectNode few = serving.service("split", "few");
    ((ObjectNode) few.at("/spec/template/metadata"))
        .set("annotations", json("{'autoscaling.knative.dev/min-scale': '2'}"));
    serving.create("services", few);
    serving.awaitReady("services", "split");
    serving.patch(
        "services", "split", "{'spec': {'template': {'metadata': {'annotations': null}}}}");
    serving.update("split", "many");
    String latest =
        serving.get("services", "split").at("/status/latestReadyRevisionName").asString();
    serving.patch(
        "services",
        "split",
        "{'spec': {'traffic': [{'revisionName': 'split-00001', 'percent': 10}, {'revisionName': '%s', 'percent': 90}]}}"
            .formatted(latest));
    serving.awaitReady("services", "split");

    List<String> answers = serving.calls("split", 400);

    // 40 of 400 are expected; the standard deviation is 6.
    assertThat(answers.stream().filter("few"::equals).count()).isBetween(10L, 76L);
    assertThat(answers.stream().filter("many"::equals).count()).isBetween(324L, 390L);
  }

  @Test
  @DisplayName("Request routing: a tag has a URL of its own, with the tag in it")
  void aTagHasAUrlOfItsOwn() {
    serving.deploy("tagged", "one");
    serving.patch(
        "services",
        "tagged",
        "{'spec': {'template': {'spec': {'containers': [{'image': '%s', 'env': [{'name': 'TARGET', 'value': 'two'}]}]}},"
                .formatted(serving.image())
            + " 'traffic': [{'revisionName': 'tagged-00001', 'percent': 100}, {'latestRevision': true, 'tag': 'next'}]}}");
    JsonNode service = serving.awaitReady("services", "tagged");
    assertThat(service.at("/status/traffic/1/url").asString()).startsWith("http://next-tagged.");
    assertThat(service.at("/status/traffic/1/percent").asInt(0)).isZero();
    assertThat(serving.call("tagged")).isEqualTo("one");
    assertThat(serving.call("next-tagged")).isEqualTo("two");
  }

  @Test
  @DisplayName("Request routing: without an instance a request is held until one is ready")
  void withoutAnInstanceARequestIsHeld() {
    serving.deploy("held", "one");
    serving
        .api()
        .delete(
            "/api/v1/namespaces/specification/pods?labelSelector=serving.knative.dev%2Fservice%3Dheld",
            "v1", "")
        .expect(200);
    assertThat(serving.call("held")).isEqualTo("one");
  }

  @Test
  @DisplayName("Route: alone it leads to Revisions and to the latest ready one of a Configuration")
  void aRouteAloneLeadsToRevisionsAndConfigurations() {
    serving.create("configurations", serving.configuration("apart", "one"));
    serving.awaitReady("configurations", "apart");
    serving.create(
        "routes",
        serving.route(
            "way",
            "[{'percent': 100, 'configurationName': 'apart'}, {'revisionName': 'apart-00001', 'tag': 'old'}]"));
    serving.awaitReady("routes", "way");
    assertThat(serving.call("way")).isEqualTo("one");

    serving.patch(
        "configurations",
        "apart",
        "{'spec': {'template': {'spec': {'containers': [{'image': '%s', 'env': [{'name': 'TARGET', 'value': 'two'}]}]}}}}"
            .formatted(serving.image()));
    serving.await(
        "routes",
        "way",
        it -> it.at("/status/traffic/0/revisionName").asString("").equals("apart-00002"));
    assertThat(serving.call("way")).isEqualTo("two");
    assertThat(serving.call("old-way")).isEqualTo("one");
    assertThat(serving.get("routes", "way").at("/status/traffic/0").has("configurationName"))
        .as("configurationName is never in a status")
        .isFalse();
  }

  private static void assertOwned(JsonNode owned, JsonNode owner, String kind) {
    JsonNode reference = owned.at("/metadata/ownerReferences/0");
    assertThat(reference.path("kind").asString()).isEqualTo(kind);
    assertThat(reference.path("uid")).isEqualTo(owner.at("/metadata/uid"));
    assertThat(reference.path("controller").asBoolean(false)).isTrue();
  }

  private static boolean has(JsonNode object, String key, String value) {
    return object.at("/metadata/labels").path(key).asString("").equals(value)
        || object.at("/metadata/annotations").path(key).asString("").equals(value);
  }

  private static ObjectNode withImage(ObjectNode service, String image) {
    ((ObjectNode) service.at("/spec/template/spec/containers/0")).put("image", image);
    return service;
  }

  private static void assertSummary(JsonNode object) {
    String about = object.path("kind").asString() + " " + object.at("/metadata/name").asString();
    Set<String> types = new HashSet<>();
    boolean anyFalse = false;
    boolean allTrue = true;
    for (JsonNode condition : object.at("/status/conditions")) {
      String type = condition.path("type").asString("");
      assertThat(types.add(type)).as(about + " " + type).isTrue();
      assertThat(type).matches("[A-Z][A-Za-z]+");
      assertThat(condition.path("status").asString("")).isIn("True", "False", "Unknown");
      assertThat(condition.path("reason").asString("")).matches("([A-Z][A-Za-z0-9]*)?");
      assertThat(condition.path("severity").asString("")).isIn("", "Warning", "Info");
      assertThat(condition.path("lastTransitionTime").asString(""))
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
      if (!type.equals("Ready") && condition.path("severity").asString("").isEmpty()) {
        anyFalse |= condition.path("status").asString().equals("False");
        allTrue &= condition.path("status").asString().equals("True");
      }
    }
    assertThat(types).as(about).contains("Ready");
    assertThat(condition(object, "Ready").path("severity").asString("")).isEmpty();
    if (anyFalse) {
      assertThat(status(object, "Ready")).as(about).isEqualTo("False");
    }
    if (!allTrue) {
      assertThat(status(object, "Ready")).as(about).isNotEqualTo("True");
    }
  }
}

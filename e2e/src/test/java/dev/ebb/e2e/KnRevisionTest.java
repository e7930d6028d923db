package dev.ebb.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.e2e.KnApi.Answer;
import dev.ebb.e2e.KnWait.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Traffic and tags, `kn revision`, `kn service export` and `import`, `kn domain`, and groups whose
/// API is not there, by their request sequences.
@ExtendWith(SharedPlatform.class)
@Timeout(60)
class KnRevisionTest {
  private static final String SERVING = "serving.knative.dev/v1";
  private static Platform platform;
  private static Kn kn;

  @BeforeAll
  static void start(SharedPlatform.Shared shared) {
    platform = shared.platform();
    kn = shared.kn("kn-revision");
  }

  @AfterAll
  static void stop() {
    kn.close();
  }

  /// The course's walk: a named revision, a split, and a tag on a revision of the same update.
  @Test
  void namedRevisionsAreSplitAndTagged() {
    kn.createAndWait("walk", named("walk-1", "one"));
    kn.update("walk", named("walk-2", "two"));
    Outcome split =
        kn.update("walk", named("walk-2", "two").andThen(Kn.traffic("walk-1=20", "walk-2=80")));
    assertThat(split).isInstanceOf(Outcome.Ready.class);

    Outcome tagged =
        kn.update(
            "walk",
            named("walk-3", "three").andThen(Kn.traffic("walk-1=20", "walk-2=80", "walk-3=0#hw3")));

    assertThat(tagged).isInstanceOf(Outcome.Ready.class);
    kn.requireDescribable("walk");
    assertThat(call("hw3-walk.kn-revision.localhost")).isEqualTo("three\n");
    assertThat(call("walk.kn-revision.localhost")).isIn("one\n", "two\n");
    assertThat(traffic("walk")).containsExactly("walk-1=20", "walk-2=80", "walk-3=0#hw3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lost-00001=50,lost-none=50 | RevisionMissing: Revision "lost-none" referenced in traffic not found.
          """)
  void trafficToWhatIsNotThereIsTold(String targets, String error) {
    kn.createAndWait("lost", Kn.env("TARGET", "lost"));

    assertThat(kn.update("lost", Kn.traffic(targets.split(","))))
        .isEqualTo(new Outcome.Failed(error));
    assertThat(call("lost.kn-revision.localhost")).isEqualTo("lost\n");
  }

  @Test
  void revisionsThatNothingNamesAreDeleted() {
    kn.createAndWait("old", Kn.env("A", "1"));
    kn.update("old", Kn.env("A", "2"));

    kn.deleteRevision("old-00001").expect(200);

    await().until(() -> kn.revisions("old").size() == 1);
    assertThat(kn.api().get(kn.path("revisions") + "/old-00001").status()).isEqualTo(404);
    assertThat(kn.service("old").at("/status/latestReadyRevisionName").asString())
        .isEqualTo("old-00002");
  }

  @Test
  void anImportBringsTheRevisionsAndTheirTrafficBack() {
    kn.createAndWait("moved", named("moved-1", "one"));
    kn.update("moved", named("moved-2", "two"));
    kn.update(
        "moved", named("moved-3", "three").andThen(Kn.traffic("moved-1=100", "moved-2=0#two")));
    JsonNode service = kn.service("moved");
    List<JsonNode> revisions = new ArrayList<>(kn.revisions("moved"));
    kn.deleteAndWait("moved");

    kn.create("moved", exported -> exported.set("spec", service.path("spec").deepCopy()))
        .expect(201);
    await().until(() -> kn.api().get(kn.path("configurations") + "/moved").status() == 200);
    JsonNode configuration = kn.api().get(kn.path("configurations") + "/moved").body();
    for (JsonNode revision : revisions) {
      if (!revision.at("/metadata/name").asString().equals("moved-3")) {
        kn.api().post(kn.path("revisions"), export(revision, configuration)).expect(201);
      }
    }

    // Not Ready while Revisions that the traffic names are missing, which kn forgives for 2 s.
    await().until(() -> isReady(kn.service("moved")));
    kn.requireDescribable("moved");
    await()
        .until(() ->
            kn.service("moved")
                .at("/status/latestReadyRevisionName")
                .asString("")
                .equals("moved-3"));
    assertThat(kn.revisions("moved"))
        .extracting(revision -> revision.at("/metadata/name").asString())
        .containsExactlyInAnyOrder("moved-1", "moved-2", "moved-3");
    assertThat(call("moved.kn-revision.localhost")).isEqualTo("one\n");
    assertThat(call("two-moved.kn-revision.localhost")).isEqualTo("two\n");
  }

  @Test
  void aDomainIsMappedMovedAndUnmapped() {
    kn.createAndWait("mapped", Kn.env("TARGET", "one"));
    kn.createAndWait("other", Kn.env("TARGET", "two"));
    ObjectNode mapping = KnApi.JSON.createObjectNode();
    mapping.put("kind", "DomainMapping").put("apiVersion", "serving.knative.dev/v1beta1");
    mapping.putObject("metadata").put("name", "mapped.example.com").put("namespace", "kn-revision");
    mapping
        .putObject("spec")
        .putObject("ref")
        .put("kind", "Service")
        .put("namespace", "kn-revision")
        .put("name", "mapped")
        .put("apiVersion", SERVING);
    mapping.putObject("status");

    kn.api().post(kn.domains(), mapping).expect(201);

    String path = kn.domains() + "/mapped.example.com";
    await().until(() -> isReady(kn.api().get(path).body()));
    JsonNode created = kn.api().get(path).expect(200);
    assertThat(created.at("/status/url").asString())
        .isEqualTo("http://mapped.example.com:" + platform.gatewayPort());
    assertThat(call("mapped.example.com")).isEqualTo("one\n");
    Outcome rolled = kn.update("mapped", Kn.env("TARGET", "three"));
    assertThat(rolled).isInstanceOf(Outcome.Ready.class);
    assertThat(call("mapped.example.com")).isEqualTo("three\n");

    ObjectNode moved = (ObjectNode) kn.api().get(path).expect(200).deepCopy();
    moved.withObject("/spec/ref").put("name", "other");
    kn.api().put(path, moved).expect(200);
    await().until(() -> call("mapped.example.com").equals("two\n"));

    kn.api().delete(path, "serving.knative.dev/v1beta1", "").expect(200);
    await().until(() -> kn.api().get(path).status() == 404);
    assertThat(call("mapped.example.com")).contains("NoRoute");
  }

  /// From the line of text kn tells which API is missing; a `Status` would say that an object is.
  @ParameterizedTest
  @CsvSource({
    "/apis/eventing.knative.dev/v1/namespaces/default/brokers",
    "/apis/messaging.knative.dev/v1/namespaces/default/channels",
    "/apis/sources.knative.dev/v1/namespaces/default/pingsources"
  })
  void anApiThatIsNotThereIsTold(String path) {
    Answer answer = kn.api().get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.text()).isEqualTo("404 page not found\n");
  }

  private static Consumer<ObjectNode> named(String revision, String target) {
    return Kn.env("TARGET", target)
        .andThen(service -> service.withObject("/spec/template/metadata").put("name", revision));
  }

  /// What `kn service export` leaves of a Revision, and the owner that `import` gives it.
  private static ObjectNode export(JsonNode revision, JsonNode configuration) {
    ObjectNode exported = KnApi.JSON.createObjectNode();
    exported.put("kind", "Revision").put("apiVersion", SERVING);
    ObjectNode metadata = exported.putObject("metadata");
    metadata.set("name", revision.at("/metadata/name"));
    ObjectNode labels = (ObjectNode) revision.at("/metadata/labels").deepCopy();
    labels.remove("serving.knative.dev/configurationUID");
    labels.remove("serving.knative.dev/serviceUID");
    metadata.set("labels", labels);
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", SERVING)
        .put("kind", "Configuration")
        .put("name", configuration.at("/metadata/name").asString())
        .put("uid", configuration.at("/metadata/uid").asString())
        .put("controller", true)
        .put("blockOwnerDeletion", true);
    exported.set("spec", revision.path("spec").deepCopy());
    exported.putObject("status");
    return exported;
  }

  private static List<String> traffic(String service) {
    List<String> targets = new ArrayList<>();
    for (JsonNode target : kn.service(service).at("/status/traffic")) {
      String tag = target.path("tag").asString("");
      targets.add(
          target.path("revisionName").asString()
              + "="
              + target.path("percent").asInt()
              + (tag.isEmpty() ? "" : "#" + tag));
    }
    return targets;
  }

  private static boolean isReady(JsonNode object) {
    return KnWait.ready(object).path("status").asString("").equals("True");
  }

  private static String call(String host) {
    return platform.curl("-H", "Host: " + host, platform.gateway() + "/").run().orFail().out();
  }
}

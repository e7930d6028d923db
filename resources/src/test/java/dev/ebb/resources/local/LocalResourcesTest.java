package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.DEPLOYMENT;
import static dev.ebb.resources.TestKinds.KNATIVE_SERVICE;
import static dev.ebb.resources.TestKinds.NOTE;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Patch;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.testing.TestingResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalResourcesTest {
  private static final WriteOptions USER =
      new WriteOptions(
          Subresource.NONE, "kubectl", "jane", false, WriteOptions.FieldValidation.IGNORE, false);
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  private final TestingResources resources = new TestingResources(new TestKinds());

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void aCreatedObjectHasTheMetadataOfTheSystem() {
    KubernetesObject created = create(widget("a"));

    assertThat(created.uid()).startsWith("00000000-0000-4000-8000-");
    assertThat(created.metadata().path("creationTimestamp").asString())
        .isEqualTo("2026-01-01T00:00:00Z");
    assertThat(created.generation()).isEqualTo(1);
    assertThat(created.spec().path("color").asString()).isEqualTo("red");
    assertThat(created.resourceVersion()).isEqualTo(Long.toString(resources.store().revision()));
    assertThat(resources.get(WIDGET, KEY)).isEqualTo(created);
  }

  @Test
  void onlyAMirrorBringsTheUidOfWhatItShows() {
    KubernetesObject named =
        widget("a").with(json -> json.withObject("/metadata").put("uid", "its-own"));
    WriteOptions mirror = WriteOptions.by("mirror").withoutSync();

    assertThat(create(named).uid()).isNotEqualTo("its-own");
    resources.delete(WIDGET, KEY, DeleteOptions.background());
    assertThat(resources.create(WIDGET, named, WriteOptions.by("mirror")).object().uid())
        .isNotEqualTo("its-own");
    resources.delete(WIDGET, KEY, DeleteOptions.background());
    assertThat(resources.create(WIDGET, named, mirror).object().uid()).isEqualTo("its-own");
  }

  @Test
  void aKindWithoutSpecHasNoGeneration() {
    KubernetesObject note =
        object("{'apiVersion':'v1','kind':'Note','metadata':{'namespace':'default','name':'n'}}");

    assertThat(resources.create(NOTE, note, USER).object().metadata().has("generation")).isFalse();
  }

  @Test
  void aNameIsGeneratedFromItsPrefix() {
    KubernetesObject unnamed =
        object(
            """
            {'apiVersion':'example.dev/v1','kind':'Widget',
             'metadata':{'namespace':'default','generateName':'job-'}}
            """);

    assertThat(create(unnamed).name()).isEqualTo("job-00001");
  }

  @Test
  void onlyAChangeOfContentRaisesTheGeneration() {
    create(widget("a"));

    KubernetesObject labelled = merge("{'metadata':{'labels':{'x':'y'}}}", USER);
    KubernetesObject status = merge("{'status':{'ok':true}}", USER.to(Subresource.STATUS));
    KubernetesObject resized = merge("{'spec':{'size':2}}", USER);

    assertThat(labelled.generation()).isEqualTo(1);
    assertThat(status.generation()).isEqualTo(1);
    assertThat(resized.generation()).isEqualTo(2);
  }

  @Test
  void aWriteThatChangesNothingMakesNoRevision() {
    KubernetesObject created = create(widget("a"));

    KubernetesObject same =
        resources
            .update(WIDGET, created.with(json -> json.withObject("/spec").put("size", 1L)), USER)
            .object();

    assertThat(same).isEqualTo(created);
    assertThat(resources.store().revision()).isEqualTo(Long.parseLong(created.resourceVersion()));
  }

  @Test
  void theMainResourceIgnoresStatusAndTheOtherWayAround() {
    KubernetesObject created =
        create(widget("a").with(json -> json.putObject("status").put("ok", true)));
    assertThat(created.status().isMissingNode()).isTrue();

    String both = "{'spec':{'size':7},'metadata':{'labels':{'x':'y'}},'status':{'ok':true}}";
    KubernetesObject status = merge(both, USER.to(Subresource.STATUS));
    assertThat(status.spec().path("size").asInt()).isEqualTo(1);
    assertThat(status.labels()).isEmpty();
    assertThat(status.status().path("ok").asBoolean()).isTrue();

    KubernetesObject main = merge("{'spec':{'size':7},'status':{'ok':false}}", USER);
    assertThat(main.spec().path("size").asInt()).isEqualTo(7);
    assertThat(main.status().path("ok").asBoolean()).isTrue();
  }

  @Test
  void aStaleWriteConflictsAndChangesNothing() {
    KubernetesObject first = create(widget("a"));
    KubernetesObject second = merge("{'spec':{'size':2}}", USER);

    refused(
        () -> resources.update(WIDGET, first, USER),
        409,
        "Conflict",
        "Operation cannot be fulfilled on widgets.example.dev \"a\": the object has been modified;"
            + " please apply your changes to the latest version and try again");
    assertThat(resources.get(WIDGET, KEY)).isEqualTo(second);
  }

  @Test
  void systemMetadataSurvivesAReplacement() {
    KubernetesObject created = create(widget("a"));
    KubernetesObject blank = widget("a").with(json -> json.withObject("/spec").put("size", 5));

    KubernetesObject replaced = resources.update(WIDGET, blank, USER).object();

    assertThat(replaced.uid()).isEqualTo(created.uid());
    assertThat(replaced.creationTimestamp()).isEqualTo(created.creationTimestamp());
    assertThat(replaced.generation()).isEqualTo(2);
  }

  @Test
  void finalizersHoldADeletedObjectUntilTheLastIsGone() {
    create(
        widget("a")
            .with(json -> json.withObject("/metadata").putArray("finalizers").add("e.dev/f")));

    KubernetesObject marked = resources.delete(WIDGET, KEY, DeleteOptions.background());
    assertThat(marked.deletionTimestamp()).contains(resources.clock().instant());
    assertThat(marked.generation()).isEqualTo(2);
    assertThat(resources.delete(WIDGET, KEY, DeleteOptions.background())).isEqualTo(marked);
    refused(
        () -> merge("{'metadata':{'finalizers':['e.dev/f','e.dev/g']}}", USER),
        422,
        "Invalid",
        "Widget.example.dev \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can"
            + " be added if the object is being deleted, found new finalizers [e.dev/g]");

    merge("{'metadata':{'finalizers':null}}", USER);
    assertThat(resources.find(WIDGET, KEY)).isEmpty();
  }

  @Test
  void aDryRunStoresNothing() {
    WriteOptions dry =
        new WriteOptions(
            Subresource.NONE, "t", "jane", true, WriteOptions.FieldValidation.IGNORE, false);
    assertThat(resources.create(WIDGET, widget("a"), dry).object().uid()).isNotEmpty();
    assertThat(resources.find(WIDGET, KEY)).isEmpty();

    KubernetesObject created = create(widget("a"));
    KubernetesObject changed = merge("{'spec':{'size':2}}", dry);
    assertThat(changed.generation()).isEqualTo(2);
    resources.delete(
        WIDGET,
        KEY,
        new DeleteOptions(
            DeleteOptions.Propagation.BACKGROUND, Optional.empty(), Optional.empty(), true));
    assertThat(resources.get(WIDGET, KEY)).isEqualTo(created);
  }

  @Test
  void patchesFromManyThreadsLoseNothing() throws Exception {
    create(widget("a"));
    int threads = 8;
    int each = 50;
    List<Future<?>> done = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int thread = 0; thread < threads; thread++) {
        int number = thread;
        done.add(
            executor.submit(() -> {
              for (int i = 0; i < each; i++) {
                merge("{'metadata':{'labels':{'t%d-%d':'x'}}}".formatted(number, i), USER);
              }
            }));
      }
    }
    for (Future<?> future : done) {
      future.get();
    }

    assertThat(resources.get(WIDGET, KEY).labels()).hasSize(threads * each);
  }

  @Test
  void aKnativeServiceTellsWhoMadeItAndWhoChangedItLast() {
    String service =
        """
        {'apiVersion': 'serving.knative.dev/v1', 'kind': 'Service',
         'metadata': {'namespace': 'default', 'name': 's'}, 'spec': {'a': 1}}
        """;
    resources.create(KNATIVE_SERVICE, object(service), USER);
    WriteOptions joe =
        new WriteOptions(
            Subresource.NONE, "kn", "joe", false, WriteOptions.FieldValidation.IGNORE, false);

    KubernetesObject labelled =
        resources
            .update(
                KNATIVE_SERVICE,
                object(service).with(json -> json.withObject("/metadata/labels").put("x", "y")),
                joe)
            .object();
    assertThat(labelled.annotations())
        .containsEntry("serving.knative.dev/creator", "jane")
        .containsEntry("serving.knative.dev/lastModifier", "jane");

    KubernetesObject changed =
        resources
            .update(
                KNATIVE_SERVICE,
                object(service).with(json -> json.withObject("/spec").put("a", 2)),
                joe)
            .object();
    assertThat(changed.annotations())
        .containsEntry("serving.knative.dev/creator", "jane")
        .containsEntry("serving.knative.dev/lastModifier", "joe");
  }

  @ParameterizedTest
  @CsvSource({
    "creator, Forbidden: annotation value is immutable",
    "lastModifier, 'Invalid value: \"mallory\": the spec did not change'"
  })
  void nobodyWritesWhoMadeAServiceAndWhoChangedIt(String annotation, String why) {
    String service =
        """
        {'apiVersion': 'serving.knative.dev/v1', 'kind': 'Service',
         'metadata': {'namespace': 'default', 'name': 's', 'annotations': {'%s': 'mallory'}}}
        """
            .formatted("serving.knative.dev/" + annotation);
    KubernetesObject made = resources.create(KNATIVE_SERVICE, object(service), USER).object();
    assertThat(made.annotations()).containsEntry("serving.knative.dev/" + annotation, "jane");

    ApiException refused =
        catchThrowableOfType(
            ApiException.class, () -> resources.update(KNATIVE_SERVICE, object(service), USER));

    assertThat(refused)
        .hasMessageContaining(
            "metadata.annotations[serving.knative.dev/%s]: %s".formatted(annotation, why));
  }

  @Test
  void aScaleChangesTheReplicasAndNothingElse() {
    resources.create(
        DEPLOYMENT,
        object(
            """
            {'apiVersion': 'apps/v1', 'kind': 'Deployment',
             'metadata': {'namespace': 'default', 'name': 'a'},
             'spec': {'replicas': 1, 'selector': {'matchLabels': {'b': '2', 'a': '1'}}}}
            """),
        USER);
    Patch three = new Patch(Patch.Type.MERGE, object("{'spec':{'replicas':3,'x':1}}").json());

    KubernetesObject scale =
        resources.patch(DEPLOYMENT, KEY, three, USER.to(Subresource.SCALE)).object();

    KubernetesObject deployment = resources.get(DEPLOYMENT, KEY);
    assertThat(scale).isEqualTo(Scale.view(TestKinds.DEPLOYMENT, deployment));
    assertThat(scale.groupVersionKind()).isEqualTo(Scale.TYPE);
    assertThat(scale.spec().path("replicas").asInt()).isEqualTo(3);
    assertThat(scale.status().path("selector").asString()).isEqualTo("a=1,b=2");
    assertThat(deployment.spec().path("replicas").asInt()).isEqualTo(3);
    assertThat(deployment.spec().has("x")).isFalse();
    assertThat(deployment.generation()).isEqualTo(2);
  }

  private KubernetesObject create(KubernetesObject object) {
    return resources.create(WIDGET, object, USER).object();
  }

  private KubernetesObject merge(String patch, WriteOptions options) {
    return resources
        .patch(WIDGET, KEY, new Patch(Patch.Type.MERGE, object(patch).json()), options)
        .object();
  }

  private static void refused(ThrowingCallable call, int code, String reason, String message) {
    ApiException refusal = catchThrowableOfType(ApiException.class, call);
    assertThat(refusal.status().code()).isEqualTo(code);
    assertThat(refusal.status().reason()).isEqualTo(reason);
    assertThat(refusal.status().message()).isEqualTo(message);
  }
}

package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.extensions.CrdConditions;
import dev.ebb.kinds.extensions.DynamicKinds;
import dev.ebb.kinds.extensions.ExtensionKinds;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Waiting;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.testing.CountingIds;
import dev.ebb.resources.testing.SettableClock;
import dev.ebb.store.MemoryStore;
import dev.ebb.store.Store;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A user's kinds from the definition to the end.
final class CustomResourcesTest {
  static {
    Waiting.patiently();
  }

  private static final KindDefinition CRD = ExtensionKinds.DEFINITION;
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey LAMP = new ObjectKey("default", "a");

  private final MemoryStore store = new MemoryStore();
  private World world = new World(store);

  /// A server's life; the store outlives it.
  private static final class World implements AutoCloseable {
    final DynamicKinds kinds = new DynamicKinds(new BuiltInKinds());
    final LocalResources resources;
    final CustomResources definitions;

    World(Store store) {
      resources =
          new LocalResources(
              store,
              kinds,
              new SettableClock(Instant.parse("2026-01-01T00:00:00Z")),
              new CountingIds());
      definitions = new CustomResources(resources, kinds);
      KindDefinition namespace = kinds.byResource("", "v1", "namespaces").orElseThrow();
      ObjectKey key = ObjectKey.clusterScoped("default");
      if (resources.find(namespace, key).isEmpty()) {
        resources.create(namespace, KubernetesObject.of(namespace.type(), key), TEST);
      }
    }

    KindDefinition lamps() {
      return kinds.byResource("home.dev", "v1", "lamps").orElseThrow();
    }

    @Override
    public void close() {
      definitions.close();
    }
  }

  @AfterEach
  void close() {
    world.close();
    store.close();
  }

  @Test
  void anEstablishedDefinitionIsServedWithDefaultsAndPruning() {
    define(
        "'properties': {'spec': {'type': 'object', 'properties': {'color': {'type': 'string', 'default': 'red'}}}}");

    KubernetesObject lamp = create("{'size': 1}");

    assertThat(lamp.spec().toString()).isEqualTo("{\"color\":\"red\"}");
    assertThat(lamp.generation()).isEqualTo(1);
    assertThat(definition().status().path("acceptedNames").path("listKind").asString())
        .isEqualTo("LampList");
    assertThat(definition().status().path("storedVersions").toString()).isEqualTo("[\"v1\"]");
  }

  @Test
  void whoReadsThatADefinitionIsEstablishedMayAskForItsObjectsAtOnce() {
    List<Boolean> served = new CopyOnWriteArrayList<>();
    List<DynamicKinds> kinds = new CopyOnWriteArrayList<>();
    try (Store watched =
            new HookedStore(_ ->
                served.add(
                    kinds.stream()
                        .anyMatch(all -> all.byResource("home.dev", "v1", "lamps").isPresent())));
        World own = new World(watched)) {
      kinds.add(own.kinds);
      own.resources.create(CRD, crd("'x-kubernetes-preserve-unknown-fields': true", ""), TEST);
      await()
          .until(() ->
              CrdConditions.isEstablished(
                  own.resources.get(CRD, ObjectKey.clusterScoped("lamps.home.dev"))));
      assertThat(served).startsWith(false).endsWith(true);
    }
  }

  @Test
  void aNewSchemaCountsAtOnceAlsoForWhatIsStored() {
    define("'properties': {'spec': {'type': 'object', 'properties': {'old': {'type': 'string'}}}}");
    create("{'old': 'x'}");

    world.resources.update(
        CRD,
        crd(
            "'properties': {'spec': {'type': 'object', 'properties': {'new': {'type': 'integer', 'default': 1}}}}",
            ""),
        TEST);

    assertThat(world.resources.get(world.lamps(), LAMP).spec().toString()).isEqualTo("{\"new\":1}");
  }

  @Test
  void whatIsStoredInAnotherVersionIsServedInTheNewStorageVersion() {
    define("'x-kubernetes-preserve-unknown-fields': true");
    create("{'size': 1}");

    world.resources.update(
        CRD,
        definition(
            "home.dev",
            "lamps",
            "Lamp",
            """
            {'name': 'v1', 'served': true, 'storage': false, 'schema': {'openAPIV3Schema': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': true}}},
            {'name': 'v2', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': true}}}\
            """,
            ""),
        TEST);

    assertThat(definition().status().path("storedVersions").toString())
        .isEqualTo("[\"v1\",\"v2\"]");
    KindDefinition v2 = world.kinds.byResource("home.dev", "v2", "lamps").orElseThrow();
    assertThat(world.resources.get(v2, LAMP).json().path("apiVersion").asString())
        .isEqualTo("home.dev/v2");
    assertThat(world.resources.get(world.lamps(), LAMP).json().path("apiVersion").asString())
        .isEqualTo("home.dev/v1");
  }

  @Test
  void aVersionThatIsNotServedMayBeTheStoredOne() {
    world.resources.create(
        CRD,
        definition(
            "home.dev",
            "lamps",
            "Lamp",
            """
            {'name': 'v1', 'served': true, 'storage': false, 'schema': {'openAPIV3Schema': {'type': 'object'}}},
            {'name': 'v2', 'served': false, 'storage': true, 'schema': {'openAPIV3Schema': {'type': 'object'}}}\
            """,
            ""),
        TEST);
    established("lamps.home.dev");
    create("{}");

    assertThat(world.kinds.byResource("home.dev", "v2", "lamps")).isEmpty();
    assertThat(world.kinds.stored("home.dev", "lamps").orElseThrow().type().version())
        .isEqualTo("v2");
    assertThat(world.resources.list(world.lamps(), ListQuery.all()).items()).hasSize(1);
  }

  @Test
  void aRestartServesWhatWasEstablished() {
    define(
        "'properties': {'spec': {'type': 'object', 'x-kubernetes-preserve-unknown-fields': true}}");
    create("{'size': 1}");
    world.close();

    world = new World(store);

    assertThat(world.resources.get(world.lamps(), LAMP).spec().toString())
        .isEqualTo("{\"size\":1}");
  }

  @Test
  void aDefinitionGoesAfterItsObjects() {
    define("'x-kubernetes-preserve-unknown-fields': true");
    KubernetesObject lamp = create("{}");
    KindDefinition kind = world.lamps();
    world.resources.update(
        kind, lamp.with(json -> json.withArray("/metadata/finalizers").add("home.dev/hold")), TEST);

    KubernetesObject deleted =
        world.resources.delete(CRD, definition().key(), DeleteOptions.background());

    assertThat(deleted.finalizers()).containsExactly("customresourcecleanup.apiextensions.k8s.io");
    assertThatThrownBy(() -> world.resources.create(kind, lamp("b", "{}"), TEST))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.status().code()).isEqualTo(403);
              assertThat(e)
                  .hasMessageEndingWith(
                      "create not allowed while custom resource definition is terminating");
            });
    await().until(() -> reason("Terminating").equals("InstanceDeletionInProgress"));
    await().until(() -> world.resources.get(kind, LAMP).deletionTimestamp().isPresent());

    world.resources.update(
        kind,
        world
            .resources
            .get(kind, LAMP)
            .with(json -> json.withObject("/metadata").remove("finalizers")),
        TEST);

    await()
        .until(() ->
            world.resources.find(CRD, ObjectKey.clusterScoped("lamps.home.dev")).isEmpty()
                && world.kinds.byResource("home.dev", "v1", "lamps").isEmpty());
    assertThat(world.resources.find(kind, LAMP)).isEmpty();
    assertThatThrownBy(() -> world.resources.create(kind, lamp("b", "{}"), TEST))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status().code()).isEqualTo(404));
  }

  @Test
  void aNameBelongsToWhoHadItFirst() {
    define("'x-kubernetes-preserve-unknown-fields': true");
    world.resources.create(
        CRD,
        definition(
            "home.dev",
            "torches",
            "Lamp",
            """
            {'name': 'v1', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type': 'object'}}}\
            """,
            ""),
        TEST);
    await()
        .untilAsserted(() -> {
          assertThat(condition("torches.home.dev", "NamesAccepted"))
              .contains("False ListKindConflict \"LampList\" is already in use");
          assertThat(condition("torches.home.dev", "Established"))
              .contains("False NotAccepted not all names are accepted");
        });
    assertThat(world.kinds.byResource("home.dev", "v1", "torches")).isEmpty();

    world.resources.delete(CRD, definition().key(), DeleteOptions.background());

    established("torches.home.dev");
    assertThat(world.kinds.byResource("home.dev", "v1", "torches")).isPresent();
  }

  @Test
  void aBuiltInKindKeepsItsDefinition() {
    world.resources.create(
        CRD,
        definition(
            "serving.knative.dev",
            "services",
            "Service",
            """
            {'name': 'v1', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type': 'object'}}}\
            """,
            ""),
        TEST);
    established("services.serving.knative.dev");

    assertThat(condition("services.serving.knative.dev", "Established").orElseThrow())
        .endsWith("Ebb's own definition serves this kind");
    assertThat(world.kinds.byResource("serving.knative.dev", "v1", "services"))
        .isEqualTo(new BuiltInKinds().byResource("serving.knative.dev", "v1", "services"));

    world.resources.delete(
        CRD, ObjectKey.clusterScoped("services.serving.knative.dev"), DeleteOptions.background());

    await()
        .until(() ->
            world
                .resources
                .find(CRD, ObjectKey.clusterScoped("services.serving.knative.dev"))
                .isEmpty());
    assertThat(world.kinds.byResource("serving.knative.dev", "v1", "services")).isPresent();
  }

  @Test
  void oldDefinitionsAreServedWithoutSchemaAndPruning() {
    world.resources.create(
        ExtensionKinds.DEFINITION_V1BETA1,
        object(
            """
            {'apiVersion': 'apiextensions.k8s.io/v1beta1', 'kind': 'CustomResourceDefinition',
             'metadata': {'name': 'lamps.home.dev'},
             'spec': {'group': 'home.dev', 'version': 'v1', 'names': {'kind': 'Lamp', 'plural': 'lamps'},
               'subresources': {'status': {}},
               'additionalPrinterColumns': [{'name': 'S', 'type': 'string', 'JSONPath': '.spec.size'}]}}
            """),
        TEST);
    established("lamps.home.dev");

    assertThat(create("{'any': {'thing': 1}}").spec().toString())
        .isEqualTo("{\"any\":{\"thing\":1}}");
    assertThat(definition().spec().path("preserveUnknownFields").asBoolean()).isTrue();
    assertThat(definition().spec().path("versions").path(0).path("subresources").has("status"))
        .isTrue();
    assertThat(world.lamps().printerColumns())
        .extracting(column -> column.jsonPath())
        .containsExactly(".spec.size");
    await().until(() -> reason("NonStructuralSchema").equals("Violations"));
    KubernetesObject old =
        world.resources.get(
            ExtensionKinds.DEFINITION_V1BETA1, ObjectKey.clusterScoped("lamps.home.dev"));
    assertThat(old.spec().path("version").asString()).isEqualTo("v1");
    assertThat(old.spec().path("additionalPrinterColumns").path(0).path("JSONPath").asString())
        .isEqualTo(".spec.size");
  }

  @Test
  void statusIsContentWithoutItsSubresource() {
    define("'x-kubernetes-preserve-unknown-fields': true");
    KubernetesObject lamp = create("{}");

    KubernetesObject changed =
        world
            .resources
            .update(
                world.lamps(), lamp.with(json -> json.putObject("status").put("on", true)), TEST)
            .object();

    assertThat(changed.status().path("on").asBoolean()).isTrue();
    assertThat(changed.generation()).isEqualTo(2);
  }

  @Test
  void theScaleIsWhereTheDefinitionSays() {
    define(
        "'x-kubernetes-preserve-unknown-fields': true",
        ", 'subresources': {'status': {}, 'scale': {'specReplicasPath': '.spec.count.wanted', 'statusReplicasPath': '.status.count', 'labelSelectorPath': '.status.selector'}}");
    create("{'count': {'wanted': 2}}");
    world.resources.patch(
        world.lamps(),
        LAMP,
        new Patch(Patch.Type.MERGE, object("{'status': {'count': 1, 'selector': 'a=b'}}").json()),
        TEST.to(Subresource.STATUS));

    KubernetesObject scale =
        world
            .resources
            .patch(
                world.lamps(),
                LAMP,
                new Patch(Patch.Type.MERGE, object("{'spec': {'replicas': 5}}").json()),
                TEST.to(Subresource.SCALE))
            .object();

    assertThat(scale.spec().toString()).isEqualTo("{\"replicas\":5}");
    assertThat(scale.status().toString()).isEqualTo("{\"replicas\":1,\"selector\":\"a=b\"}");
    assertThat(world.resources.get(world.lamps(), LAMP).spec().toString())
        .isEqualTo("{\"count\":{\"wanted\":5}}");
  }

  private void define(String schema) {
    define(schema, "");
  }

  private void define(String schema, String more) {
    world.resources.create(CRD, crd(schema, more), TEST);
    established("lamps.home.dev");
  }

  private void established(String name) {
    await()
        .until(() ->
            CrdConditions.isEstablished(world.resources.get(CRD, ObjectKey.clusterScoped(name))));
  }

  private KubernetesObject definition() {
    return world.resources.get(CRD, ObjectKey.clusterScoped("lamps.home.dev"));
  }

  private String reason(String type) {
    return definition()
        .status()
        .path("conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asString().equals(type))
        .map(condition -> condition.path("reason").asString())
        .findFirst()
        .orElse("");
  }

  private Optional<String> condition(String name, String type) {
    return world
        .resources
        .get(CRD, ObjectKey.clusterScoped(name))
        .status()
        .path("conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asString().equals(type))
        .map(condition ->
            "%s %s %s"
                .formatted(
                    condition.path("status").asString(),
                    condition.path("reason").asString(),
                    condition.path("message").asString()))
        .findFirst();
  }

  private static KubernetesObject crd(String schema, String more) {
    return definition(
        "home.dev",
        "lamps",
        "Lamp",
        "{'name': 'v1', 'served': true, 'storage': true, 'schema': {'openAPIV3Schema': {'type': 'object', %s}}%s}"
            .formatted(schema, more),
        "");
  }

  private static KubernetesObject definition(
      String group, String plural, String kind, String versions, String more) {
    return object(
        """
        {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
         'metadata': {'name': '%s.%s'},
         'spec': {'group': '%s', 'scope': 'Namespaced', 'names': {'plural': '%s', 'kind': '%s'},
           'versions': [%s]%s}}
        """
            .formatted(plural, group, group, plural, kind, versions, more));
  }

  private KubernetesObject create(String spec) {
    return world.resources.create(world.lamps(), lamp("a", spec), TEST).object();
  }

  private static KubernetesObject lamp(String name, String spec) {
    return object(
        "{'apiVersion': 'home.dev/v1', 'kind': 'Lamp', 'metadata': {'namespace': 'default', 'name': '%s'}, 'spec': %s}"
            .formatted(name, spec));
  }
}

package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.kinds.GroupVersionKind;
import dev.ebb.kinds.KindConversion;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.Schema;
import dev.ebb.kinds.SchemaBuilder;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.apply.CompactRecord;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One resource in several versions.
final class VersionsTest {
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey KEY = new ObjectKey("default", "d");
  private static final Duration NOW = Duration.ZERO;

  /// `v1` is stored and says `spec.size`; the older version calls it `spec.width`.
  private static final KindDefinition V1 = dial("v1", "size").build();

  private static final KindDefinition V1BETA1 =
      dial("v1beta1", "width")
          .storedAs(
              "v1",
              new KindConversion() {
                @Override
                public void toStored(ObjectNode object) {
                  rename(object, "width", "size");
                }

                @Override
                public void fromStored(ObjectNode object) {
                  rename(object, "size", "width");
                }
              })
          .build();

  /// Differs in the name of the version only.
  private static final KindDefinition V1ALPHA1 =
      dial("v1alpha1", "size").storedAs("v1", KindConversion.NONE).build();

  private record Registry(List<KindDefinition> all) implements KindRegistry {
    @Override
    public Optional<KindDefinition> byType(GroupVersionKind type) {
      return all.stream().filter(kind -> kind.type().equals(type)).findFirst();
    }

    @Override
    public Optional<KindDefinition> byResource(String group, String version, String plural) {
      return all.stream()
          .filter(kind -> kind.group().equals(group) && kind.plural().equals(plural))
          .filter(kind -> kind.type().version().equals(version))
          .findFirst();
    }

    @Override
    public Collection<KindDefinition> stored() {
      return all.stream().filter(KindDefinition::isStored).toList();
    }
  }

  private static TestingResources world() {
    return new TestingResources(new Registry(List.of(V1, V1BETA1, V1ALPHA1)));
  }

  @Test
  void everyVersionShowsWhatIsWrittenThroughAnother() {
    try (TestingResources resources = world()) {
      KubernetesObject created =
          resources.create(V1BETA1, dial(V1BETA1, "'width': 7"), TEST).object();

      assertThat(created.json().path("apiVersion").asString()).isEqualTo("test.dev/v1beta1");
      assertThat(spec(created)).isEqualTo("{\"width\":7}");
      assertThat(spec(resources.get(V1, KEY))).isEqualTo("{\"size\":7}");
      assertThat(resources.get(V1, KEY).resourceVersion()).isEqualTo(created.resourceVersion());

      resources.update(V1, dial(V1, "'size': 8"), TEST);

      KubernetesObject old = resources.list(V1BETA1, ListQuery.all()).items().getFirst();
      assertThat(old.json().path("apiVersion").asString()).isEqualTo("test.dev/v1beta1");
      assertThat(spec(old)).isEqualTo("{\"width\":8}");
      assertThat(old.generation()).isEqualTo(2);
    }
  }

  @Test
  void aPatchMeansTheFieldsOfItsVersion() {
    try (TestingResources resources = world()) {
      resources.create(V1, dial(V1, "'size': 1"), TEST);
      Patch patch = new Patch(Patch.Type.MERGE, object("{'spec': {'width': 5}}").json());

      KubernetesObject patched = resources.patch(V1BETA1, KEY, patch, TEST).object();

      assertThat(spec(patched)).isEqualTo("{\"width\":5}");
      assertThat(spec(resources.get(V1, KEY))).isEqualTo("{\"size\":5}");
    }
  }

  @Test
  void aWatchShowsItsVersion() throws Exception {
    try (TestingResources resources = world();
        ObjectWatch watch = resources.watch(V1BETA1, WatchQuery.all())) {
      resources.create(V1, dial(V1, "'size': 1"), TEST);
      resources.update(V1ALPHA1, dial(V1ALPHA1, "'size': 2"), TEST);
      resources.delete(V1, KEY, dev.ebb.resources.DeleteOptions.background());

      for (String expected : List.of("ADDED 1", "MODIFIED 2", "DELETED 2")) {
        WatchEvent event = watch.next(NOW).orElseThrow();
        assertThat(event.object().json().path("apiVersion").asString())
            .isEqualTo("test.dev/v1beta1");
        assertThat(event.type() + " " + event.object().spec().path("width")).isEqualTo(expected);
      }
    }
  }

  @Test
  void whatWasStoredInAnotherVersionIsReadInThePresentOne() {
    try (TestingResources resources = world()) {
      byte[] old =
          "{\"apiVersion\":\"test.dev/v1beta1\",\"kind\":\"Dial\",\"metadata\":{\"name\":\"d\",\"namespace\":\"default\"},\"spec\":{\"width\":3}}"
              .getBytes(java.nio.charset.StandardCharsets.UTF_8);
      resources.store().create("/test.dev/dials/default/d", old, dev.ebb.store.Durability.SYNCED);

      assertThat(spec(resources.get(V1, KEY))).isEqualTo("{\"size\":3}");
      assertThat(spec(resources.get(V1BETA1, KEY))).isEqualTo("{\"width\":3}");
    }
  }

  @Test
  void theRecordOfOwnersKeepsTheVersionOfTheWriter() {
    try (TestingResources resources = world()) {
      Function<KindDefinition, Patch> apply =
          kind -> new Patch(Patch.Type.APPLY, dial(kind, "'size': 1").json());
      resources.patch(V1ALPHA1, KEY, apply.apply(V1ALPHA1), by("alpha"));
      KubernetesObject both = resources.patch(V1, KEY, apply.apply(V1), by("one")).object();

      assertThat(CompactRecord.expand(both.metadata().path("managedFields")).valueStream())
          .extracting(entry -> entry.path("manager").asString() + entry.path("apiVersion"))
          .containsExactlyInAnyOrder("alpha\"test.dev/v1alpha1\"", "one\"test.dev/v1\"");
    }
  }

  @Test
  void anotherVersionInTheBodyIsRefused() {
    try (TestingResources resources = world()) {
      assertThatThrownBy(() -> resources.create(V1, dial(V1BETA1, "'width': 7"), TEST))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("does not match the expected API version (test.dev/v1)");
    }
  }

  private static WriteOptions by(String manager) {
    return new WriteOptions(
        WriteOptions.Subresource.NONE,
        manager,
        "user",
        false,
        WriteOptions.FieldValidation.STRICT,
        false);
  }

  private static KindDefinition.Builder dial(String version, String field) {
    return KindDefinition.define(
        "test.dev/" + version,
        "Dial",
        "dials",
        new Schema(
            SchemaBuilder.object()
                .field("apiVersion", SchemaBuilder.string())
                .field("kind", SchemaBuilder.string())
                .field("metadata", SchemaBuilder.freeObject())
                .field("spec", SchemaBuilder.object().field(field, SchemaBuilder.int32()))
                .build()));
  }

  private static KubernetesObject dial(KindDefinition kind, String spec) {
    return object(
        "{'apiVersion': '%s', 'kind': 'Dial', 'metadata': {'namespace': 'default', 'name': 'd'}, 'spec': {%s}}"
            .formatted(kind.type().apiVersion(), spec));
  }

  private static String spec(KubernetesObject object) {
    return object.spec().toString();
  }

  private static void rename(ObjectNode object, String from, String to) {
    ObjectNode spec = (ObjectNode) object.path("spec");
    JsonNode value = spec.remove(from);
    if (value != null) {
      spec.set(to, value);
    }
  }
}

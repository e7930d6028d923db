package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteOptions.Subresource;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on few names, beside a map that says in ten lines each what should come of
/// them. After every step the listing and what two watches have told must equal the map.
final class LocalResourcesModelTest {
  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final List<String> NAMES = List.of("a", "b", "c", "d");
  private static final int STEPS = 600;
  private static final int ABSENT = -1;

  /// What counts of an object.
  private record Model(
      int size, int label, int status, boolean held, boolean deleting, long generation) {}

  private final TestingResources resources = new TestingResources(new TestKinds());
  private final Map<String, Model> models = new TreeMap<>();
  private final Map<String, Model> seen = new TreeMap<>();
  private final Map<String, Model> seenLabelled = new TreeMap<>();
  private long lastEvent;
  private long lastLabelledEvent;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void resourcesAreAMapWithHistory(long seed) throws Exception {
    Random random = new Random(seed);
    try (resources;
        ObjectWatch all = resources.watch(WIDGET, WatchQuery.all());
        ObjectWatch labelled =
            resources.watch(WIDGET, new WatchQuery("default", "l=1", "", "", false))) {
      for (int step = 0; step < STEPS; step++) {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        Map<String, Model> before = new TreeMap<>(models);
        long revision = resources.store().revision();
        operate(random, name);

        boolean changed = !before.equals(models);
        assertThat(resources.store().revision()).isEqualTo(changed ? revision + 1 : revision);
        lastEvent = drain(all, seen, lastEvent);
        lastLabelledEvent = drain(labelled, seenLabelled, lastLabelledEvent);
        assertThat(seen).as("seed %d, step %d: watch", seed, step).isEqualTo(models);
        assertThat(seenLabelled).as("seed %d, step %d: labels", seed, step).isEqualTo(ones());
        assertThat(listed("", 0)).as("seed %d, step %d: list", seed, step).isEqualTo(models);
        assertThat(listed("", 1 + random.nextInt(3))).isEqualTo(models);
        assertThat(listed("l=1", 1)).isEqualTo(ones());
      }
    }
  }

  private Map<String, Model> ones() {
    return models.entrySet().stream()
        .filter(entry -> entry.getValue().label() == 1)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private void operate(Random random, String name) {
    int value = random.nextInt(3);
    Optional<Model> model = Optional.ofNullable(models.get(name));
    switch (random.nextInt(7)) {
      case 0 -> {
        if (refusedAs(model.isPresent(), 409, () -> create(name, value))) {
          models.put(name, new Model(value, ABSENT, ABSENT, false, false, 1));
        }
      }
      case 1 -> {
        if (refusedAs(
            model.isEmpty(), 404, () -> merge(name, "{'spec':{'size':%d}}", value, TEST))) {
          models.computeIfPresent(name, (_, m) -> resized(m, value));
        }
      }
      case 2 -> {
        if (refusedAs(
            model.isEmpty(),
            404,
            () -> merge(name, "{'metadata':{'labels':{'l':'%d'}}}", value, TEST))) {
          models.computeIfPresent(
              name,
              (_, m) ->
                  new Model(m.size(), value, m.status(), m.held(), m.deleting(), m.generation()));
        }
      }
      case 3 -> {
        WriteOptions status = TEST.to(Subresource.STATUS);
        String both = "{'spec':{'size':9},'status':{'s':%d}}";
        if (refusedAs(model.isEmpty(), 404, () -> merge(name, both, value, status))) {
          models.computeIfPresent(
              name,
              (_, m) ->
                  new Model(m.size(), m.label(), value, m.held(), m.deleting(), m.generation()));
        }
      }
      case 4 -> {
        boolean refused = model.isEmpty() || (model.get().deleting() && !model.get().held());
        String hold = "{'metadata':{'finalizers':['e.dev/hold']}}";
        if (refusedAs(refused, 404, () -> merge(name, hold, value, TEST))) {
          models.computeIfPresent(
              name,
              (_, m) ->
                  new Model(m.size(), m.label(), m.status(), true, m.deleting(), m.generation()));
        }
      }
      case 5 -> {
        if (refusedAs(
            model.isEmpty(),
            404,
            () -> merge(name, "{'metadata':{'finalizers':null}}", value, TEST))) {
          models.computeIfPresent(
              name,
              (_, m) ->
                  m.deleting()
                      ? null
                      : new Model(m.size(), m.label(), m.status(), false, false, m.generation()));
        }
      }
      default -> {
        if (refusedAs(model.isEmpty(), 404, () -> delete(name))) {
          models.computeIfPresent(
              name,
              (_, m) -> {
                long generation = m.deleting() ? m.generation() : m.generation() + 1;
                return m.held()
                    ? new Model(m.size(), m.label(), m.status(), true, true, generation)
                    : null;
              });
        }
      }
    }
  }

  private static Model resized(Model m, int size) {
    long generation = m.size() == size ? m.generation() : m.generation() + 1;
    return new Model(size, m.label(), m.status(), m.held(), m.deleting(), generation);
  }

  /// @return whether the call went through
  private static boolean refusedAs(boolean expected, int code, Runnable call) {
    try {
      call.run();
    } catch (ApiException e) {
      assertThat(expected).as(e.getMessage()).isTrue();
      assertThat(e.status().code()).isEqualTo(code);
      return false;
    }
    if (expected) {
      fail("should have been refused with " + code);
    }
    return true;
  }

  private void create(String name, int size) {
    resources.create(
        WIDGET, widget(name).with(json -> json.withObject("/spec").put("size", size)), TEST);
  }

  private void merge(String name, String patch, int value, WriteOptions options) {
    resources.patch(
        WIDGET,
        new ObjectKey("default", name),
        new Patch(Patch.Type.MERGE, object(patch.formatted(value)).json()),
        options);
  }

  private void delete(String name) {
    resources.delete(WIDGET, new ObjectKey("default", name), DeleteOptions.background());
  }

  private Map<String, Model> listed(String labels, int limit) {
    List<KubernetesObject> objects = new ArrayList<>();
    String token = "";
    do {
      ObjectList page =
          resources.list(WIDGET, new ListQuery("default", labels, "", limit, token, ""));
      objects.addAll(page.items());
      token = page.continueToken();
    } while (!token.isEmpty());
    return objects.stream()
        .collect(Collectors.toMap(KubernetesObject::name, LocalResourcesModelTest::model));
  }

  private static long drain(ObjectWatch watch, Map<String, Model> state, long last)
      throws InterruptedException {
    long newest = last;
    Optional<WatchEvent> event = watch.next(Duration.ZERO);
    while (event.isPresent()) {
      KubernetesObject object = event.get().object();
      long revision = Long.parseLong(object.resourceVersion());
      assertThat(revision).isGreaterThan(newest);
      newest = revision;
      Model known = state.get(object.name());
      switch (event.get().type()) {
        case ADDED -> assertThat(known).isNull();
        case MODIFIED, DELETED -> assertThat(known).isNotNull();
        case BOOKMARK -> fail("nobody asked for bookmarks");
      }
      if (event.get().type() == WatchEvent.Type.DELETED) {
        state.remove(object.name());
      } else {
        state.put(object.name(), model(object));
      }
      event = watch.next(Duration.ZERO);
    }
    return newest;
  }

  private static Model model(KubernetesObject object) {
    return new Model(
        object.spec().path("size").asInt(),
        Integer.parseInt(object.labels().getOrDefault("l", "-1")),
        object.status().path("s").asInt(ABSENT),
        !object.finalizers().isEmpty(),
        object.deletionTimestamp().isPresent(),
        object.generation());
  }
}

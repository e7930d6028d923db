package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.NAMESPACE;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.Waiting;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.store.SqliteStore;
import dev.ebb.store.Store;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The driver over the store that a server has, across a restart.
final class RestartTest {
  static {
    Waiting.patiently();
  }

  private static final WriteOptions TEST = WriteOptions.by("test");
  private static final ObjectKey KEY = new ObjectKey("default", "a");

  @TempDir private Path directory;

  @Test
  void objectsAreTheSameAfterARestart() {
    KubernetesObject before;
    try (Store store = open()) {
      LocalResources resources = resources(store);
      createNamespace(resources);
      before = resources.create(WIDGET, widget("a"), TEST).object();
    }
    try (Store store = open()) {
      LocalResources resources = resources(store);
      assertThat(resources.get(WIDGET, KEY)).isEqualTo(before);
      assertThat(resources.list(WIDGET, ListQuery.all()).items()).containsExactly(before);

      KubernetesObject resized = resources.update(WIDGET, sized(before, 2), TEST).object();
      assertThat(Long.parseLong(resized.resourceVersion()))
          .isGreaterThan(Long.parseLong(before.resourceVersion()));
      ApiException stale =
          catchThrowableOfType(
              ApiException.class, () -> resources.update(WIDGET, sized(before, 3), TEST));
      assertThat(stale.isConflict()).isTrue();
    }
  }

  @Test
  void aWatchFromBeforeTheRestartListsAgain() {
    try (Store store = open()) {
      LocalResources resources = resources(store);
      createNamespace(resources);
      resources.create(WIDGET, widget("a"), TEST);
    }
    try (Store store = open()) {
      ApiException expired =
          catchThrowableOfType(
              ApiException.class,
              () -> resources(store).watch(WIDGET, new WatchQuery("", "", "", "1", false)));
      assertThat(expired.status().code()).isEqualTo(410);
    }
  }

  @Test
  void aDeletionThatWasUnderWayIsCompleted() {
    try (Store store = open()) {
      LocalResources resources = resources(store);
      createNamespace(resources);
      resources.create(WIDGET, widget("a"), TEST);
      resources.delete(
          WIDGET,
          KEY,
          new DeleteOptions(
              DeleteOptions.Propagation.FOREGROUND, Optional.empty(), Optional.empty(), false));
    }
    try (Store store = open()) {
      LocalResources resources = resources(store);
      try (OwnerGarbageCollector _ = new OwnerGarbageCollector(resources)) {
        await().until(() -> resources.find(WIDGET, KEY).isEmpty());
      }
    }
  }

  @Test
  void readModifyWriteFromManyThreadsLosesNoIncrement() throws Exception {
    int threads = 8;
    int each = 20;
    try (Store store = open()) {
      LocalResources resources = resources(store);
      createNamespace(resources);
      resources.create(WIDGET, widget("a"), TEST);
      List<Future<?>> done = new ArrayList<>();
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int thread = 0; thread < threads; thread++) {
          done.add(
              executor.submit(() -> {
                for (int i = 0; i < each; i++) {
                  increment(resources);
                }
              }));
        }
      }
      for (Future<?> future : done) {
        future.get();
      }
      KubernetesObject counted = resources.get(WIDGET, KEY);
      assertThat(size(counted)).isEqualTo(1 + threads * each);
      assertThat(counted.generation()).isEqualTo(1 + threads * each);
    }
  }

  private static void increment(LocalResources resources) {
    while (true) {
      KubernetesObject current = resources.get(WIDGET, KEY);
      try {
        resources.update(WIDGET, sized(current, size(current) + 1), TEST);
        return;
      } catch (ApiException e) {
        assertThat(e.isConflict()).isTrue();
      }
    }
  }

  private Store open() {
    return new SqliteStore(directory.resolve("test.db"));
  }

  private static LocalResources resources(Store store) {
    return new LocalResources(store, new TestKinds(), InstantSource.system(), IdSource.random());
  }

  private static void createNamespace(LocalResources resources) {
    resources.create(
        NAMESPACE, KubernetesObject.of(NAMESPACE.type(), ObjectKey.clusterScoped("default")), TEST);
  }

  private static KubernetesObject sized(KubernetesObject object, int size) {
    return object.with(json -> json.withObject("/spec").put("size", size));
  }

  private static int size(KubernetesObject object) {
    JsonNode size = object.spec().path("size");
    return size.asInt();
  }
}

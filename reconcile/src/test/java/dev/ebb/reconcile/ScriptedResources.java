package dev.ebb.reconcile;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.Schema;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.JsonNodeFactory;

/// One kind in memory, whose watches break and whose writes conflict when the test says so: what
/// the real ones do too rarely to be seen in a test.
final class ScriptedResources implements Resources {
  static final KindDefinition KIND =
      KindDefinition.define(
              "test.dev/v1", "Thing", "things", new Schema(JsonNodeFactory.instance.objectNode()))
          .withStatus()
          .build();

  private final Map<String, KubernetesObject> objects = new TreeMap<>();
  private final List<WatchEvent> history = new ArrayList<>();
  private final List<ScriptedWatch> watches = new ArrayList<>();

  /// Each is thrown by one coming call.
  final Deque<RuntimeException> listFailures = new ArrayDeque<>();

  final Deque<RuntimeException> updateFailures = new ArrayDeque<>();
  final List<String> watchedFrom = new ArrayList<>();
  int lists;
  int updates;
  private int revision = 100;

  static KubernetesObject thing(String name) {
    return KubernetesObject.of(KIND.type(), new ObjectKey("default", name));
  }

  /// Stores an object as another writer would.
  synchronized KubernetesObject put(KubernetesObject object) {
    revision++;
    KubernetesObject present = objects.get(object.name());
    KubernetesObject stored =
        at(object, revision)
            .with(json ->
                json.withObject("/metadata")
                    .put("uid", present == null ? "uid-" + revision : present.uid()));
    objects.put(stored.name(), stored);
    emit(
        new WatchEvent(present == null ? WatchEvent.Type.ADDED : WatchEvent.Type.MODIFIED, stored));
    return stored;
  }

  synchronized void remove(String name) {
    revision++;
    // As from a real server, a deletion has a version of its own, so that a watch that begins
    // before it brings it.
    emit(new WatchEvent(WatchEvent.Type.DELETED, at(stored(name), revision)));
    objects.remove(name);
  }

  synchronized KubernetesObject stored(String name) {
    return Objects.requireNonNull(objects.get(name), name);
  }

  synchronized boolean isWatched() {
    return !watches.isEmpty();
  }

  /// Ends all watches with this failure; what happens until they come again is in the history.
  synchronized void breakWatches(RuntimeException failure) {
    if (watches.isEmpty()) {
      throw new IllegalStateException("there is no watch to break");
    }
    watches.forEach(watch -> watch.events.add(new Broken(failure)));
    watches.clear();
  }

  private void emit(WatchEvent event) {
    history.add(event);
    watches.forEach(watch -> watch.events.add(new Happened(event)));
  }

  private static KubernetesObject at(KubernetesObject object, int revision) {
    return object.with(
        json -> json.withObject("/metadata").put("resourceVersion", String.valueOf(revision)));
  }

  private static long version(KubernetesObject object) {
    return Long.parseLong(object.resourceVersion());
  }

  @Override
  public synchronized ObjectList list(KindDefinition kind, ListQuery query) {
    lists++;
    if (!listFailures.isEmpty()) {
      throw listFailures.remove();
    }
    return new ObjectList(List.copyOf(objects.values()), String.valueOf(revision), "", 0);
  }

  @Override
  public synchronized ObjectWatch watch(KindDefinition kind, WatchQuery query) {
    watchedFrom.add(query.resourceVersion());
    ScriptedWatch watch = new ScriptedWatch(query.resourceVersion());
    for (WatchEvent event : history) {
      if (version(event.object()) > Long.parseLong(query.resourceVersion())) {
        watch.events.add(new Happened(event));
      }
    }
    watches.add(watch);
    return watch;
  }

  @Override
  public synchronized Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key) {
    return Optional.ofNullable(objects.get(key.name()));
  }

  @Override
  public synchronized WriteResult update(
      KindDefinition kind, KubernetesObject object, WriteOptions options) {
    updates++;
    if (!updateFailures.isEmpty()) {
      throw updateFailures.remove();
    }
    KubernetesObject present = get(kind, object.key());
    if (!present.resourceVersion().equals(object.resourceVersion())) {
      throw ApiException.conflict(kind, object.name());
    }
    return new WriteResult(put(object), List.of());
  }

  @Override
  public KindRegistry kinds() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WriteResult create(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public WriteResult patch(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options) {
    throw new UnsupportedOperationException();
  }

  private sealed interface Item {}

  private record Happened(WatchEvent event) implements Item {}

  private record Broken(RuntimeException failure) implements Item {}

  private static final class ScriptedWatch implements ObjectWatch {
    private final BlockingQueue<Item> events = new LinkedBlockingQueue<>();
    private volatile String progress;

    private ScriptedWatch(String from) {
      this.progress = from;
    }

    @Override
    public Optional<WatchEvent> next(Duration timeout) throws InterruptedException {
      Item item = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return switch (item) {
        case null -> Optional.empty();
        case Broken(RuntimeException failure) -> throw failure;
        case Happened(WatchEvent event) -> {
          progress = event.object().resourceVersion();
          yield Optional.of(event);
        }
      };
    }

    @Override
    public String progress() {
      return progress;
    }

    @Override
    public void close() {}
  }
}

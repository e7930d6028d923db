package dev.ebb.resources.testing;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteResult;
import dev.ebb.resources.local.LocalResources;
import dev.ebb.store.MemoryStore;
import java.time.Instant;
import java.util.Optional;

/// The real thing over memory, with a clock that stands at 2026-01-01 and ids that count. It has
/// the namespace `default` when it knows the kind Namespace. No background component runs.
public final class TestingResources implements Resources, AutoCloseable {
  private final MemoryStore store = new MemoryStore();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final LocalResources resources;

  /// With the built-in kinds.
  public TestingResources() {
    this(new BuiltInKinds());
  }

  public TestingResources(KindRegistry kinds) {
    resources = new LocalResources(store, kinds, clock, new CountingIds());
    createNamespace("default");
  }

  /// Does nothing in a world without the kind Namespace.
  public void createNamespace(String name) {
    kinds().all().stream()
        .filter(kind -> kind.group().isEmpty() && kind.plural().equals("namespaces"))
        .forEach(kind ->
            create(
                kind,
                KubernetesObject.of(kind.type(), ObjectKey.clusterScoped(name)),
                WriteOptions.by("test")));
  }

  public SettableClock clock() {
    return clock;
  }

  public MemoryStore store() {
    return store;
  }

  /// For the components that need the local driver itself.
  public LocalResources local() {
    return resources;
  }

  @Override
  public KindRegistry kinds() {
    return resources.kinds();
  }

  @Override
  public Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key) {
    return resources.find(kind, key);
  }

  @Override
  public ObjectList list(KindDefinition kind, ListQuery query) {
    return resources.list(kind, query);
  }

  @Override
  public WriteResult create(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    return resources.create(kind, object, options);
  }

  @Override
  public WriteResult update(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    return resources.update(kind, object, options);
  }

  @Override
  public WriteResult patch(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    return resources.patch(kind, key, patch, options);
  }

  @Override
  public KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options) {
    return resources.delete(kind, key, options);
  }

  @Override
  public ObjectWatch watch(KindDefinition kind, WatchQuery query) {
    return resources.watch(kind, query);
  }

  @Override
  public void close() {
    store.close();
  }
}

package dev.ebb.controllers;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KindRegistry;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.Resources;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.WriteResult;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Resources whose first writes of each kind fail: conflicts and a store that is busy by turns, and
/// where the making of an object can be held up. What a start writes before it watches anything
/// must succeed, or there is no server.
record FlakyResources(
    Resources resources,
    int failures,
    Consumer<KindDefinition> beforeCreate,
    Map<String, Integer> counts,
    AtomicBoolean watched)
    implements Resources {
  FlakyResources(Resources resources, int failures, Consumer<KindDefinition> beforeCreate) {
    this(resources, failures, beforeCreate, new ConcurrentHashMap<>(), new AtomicBoolean());
  }

  private void maybeFail(String verb, KindDefinition kind, String name) {
    if (!watched.get()) {
      return;
    }
    int count = counts.merge(verb + " " + kind.plural(), 1, Integer::sum);
    if (count <= failures) {
      if (count % 2 == 1) {
        throw ApiException.conflict(kind, name);
      }
      throw new IllegalStateException("injected: the store is busy");
    }
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
    maybeFail("create", kind, object.name());
    beforeCreate.accept(kind);
    return resources.create(kind, object, options);
  }

  @Override
  public WriteResult update(KindDefinition kind, KubernetesObject object, WriteOptions options) {
    maybeFail("update", kind, object.name());
    return resources.update(kind, object, options);
  }

  @Override
  public WriteResult patch(KindDefinition kind, ObjectKey key, Patch patch, WriteOptions options) {
    maybeFail("patch", kind, key.name());
    return resources.patch(kind, key, patch, options);
  }

  @Override
  public KubernetesObject delete(KindDefinition kind, ObjectKey key, DeleteOptions options) {
    maybeFail("delete", kind, key.name());
    return resources.delete(kind, key, options);
  }

  @Override
  public ObjectWatch watch(KindDefinition kind, WatchQuery query) {
    watched.set(true);
    return resources.watch(kind, query);
  }
}

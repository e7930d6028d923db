package dev.ebb.reconcile;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Finds the objects of an informer's cache by something they say: their owner, a label.
/// Thread-safe.
public final class Index {
  private static final Comparator<KubernetesObject> BY_KEY =
      Comparator.comparing(KubernetesObject::namespace).thenComparing(KubernetesObject::name);

  private final Function<KubernetesObject, ? extends Collection<String>> values;
  private final Map<String, Map<ObjectKey, KubernetesObject>> objects = new ConcurrentHashMap<>();

  Index(Function<KubernetesObject, ? extends Collection<String>> values) {
    this.values = values;
  }

  /// In the order of namespace and name.
  public List<KubernetesObject> get(String value) {
    return objects.getOrDefault(value, Map.of()).values().stream().sorted(BY_KEY).toList();
  }

  void add(KubernetesObject object) {
    for (String value : values.apply(object)) {
      objects.compute(
          value,
          (_, present) -> {
            Map<ObjectKey, KubernetesObject> map =
                present == null ? new ConcurrentHashMap<>() : present;
            map.put(object.key(), object);
            return map;
          });
    }
  }

  void remove(KubernetesObject object) {
    for (String value : values.apply(object)) {
      objects.computeIfPresent(
          value,
          (_, present) -> {
            present.remove(object.key());
            return present.isEmpty() ? null : present;
          });
    }
  }
}

package dev.ebb.reconcile;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.SetsByKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Finds the objects of an informer's cache by something they say: their owner, a label.
/// Thread-safe. It has their keys; the objects are in the cache, once.
public final class Index {
  private static final Comparator<ObjectKey> BY_KEY =
      Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

  private final Function<KubernetesObject, ? extends Collection<String>> values;
  private final Map<ObjectKey, KubernetesObject> cache;
  private final SetsByKey<String, ObjectKey> keys = new SetsByKey<>();

  Index(
      Function<KubernetesObject, ? extends Collection<String>> values,
      Map<ObjectKey, KubernetesObject> cache) {
    this.values = values;
    this.cache = cache;
  }

  /// In the order of namespace and name.
  public List<KubernetesObject> get(String value) {
    return keys.get(value).stream()
        .sorted(BY_KEY)
        .flatMap(key -> Stream.ofNullable(cache.get(key)))
        .toList();
  }

  /// @param before what the cache had under this key, empty when it is new
  /// @param now what it has, empty when it is gone
  void change(ObjectKey key, Optional<KubernetesObject> before, Optional<KubernetesObject> now) {
    Set<String> old = valuesOf(before);
    Set<String> present = valuesOf(now);
    present.stream().filter(value -> !old.contains(value)).forEach(value -> keys.add(value, key));
    old.stream()
        .filter(value -> !present.contains(value))
        .forEach(value -> keys.remove(value, key));
  }

  private Set<String> valuesOf(Optional<KubernetesObject> object) {
    return object.<Set<String>>map(it -> Set.copyOf(values.apply(it))).orElse(Set.of());
  }
}

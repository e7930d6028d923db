package dev.ebb.resources;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sets of values by key, of which most have one value or two: those take 16 bytes, where a hash
/// set takes 200. Thread-safe; what was got does not change while it is read, or like a concurrent
/// set.
public final class SetsByKey<K, V> {
  /// Up to here a set is immutable, and replaced by each change.
  private static final int FEW = 2;

  private final ConcurrentHashMap<K, Set<V>> sets = new ConcurrentHashMap<>();

  /// Empty where there is none.
  public Set<V> get(K key) {
    return sets.getOrDefault(key, Set.of());
  }

  public void add(K key, V value) {
    sets.compute(key, (_, present) -> present == null ? Set.of(value) : with(present, value));
  }

  /// Without effect when it is not there.
  public void remove(K key, V value) {
    sets.computeIfPresent(
        key,
        (_, present) -> {
          Set<V> rest = without(present, value);
          return rest.isEmpty() ? null : rest;
        });
  }

  public void clear() {
    sets.clear();
  }

  private static <V> Set<V> with(Set<V> present, V value) {
    if (present.size() > FEW) {
      present.add(value);
      return present;
    }
    Set<V> all = Stream.concat(present.stream(), Stream.of(value)).collect(Collectors.toSet());
    return settled(all);
  }

  private static <V> Set<V> without(Set<V> present, V value) {
    if (present.size() > FEW + 1) {
      present.remove(value);
      return present;
    }
    return settled(
        present.stream().filter(other -> !other.equals(value)).collect(Collectors.toSet()));
  }

  private static <V> Set<V> settled(Set<V> all) {
    if (all.size() <= FEW) {
      return Set.copyOf(all);
    }
    Set<V> many = ConcurrentHashMap.newKeySet();
    many.addAll(all);
    return many;
  }
}

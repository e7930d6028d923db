package dev.ebb.controllers;

import dev.ebb.kinds.ObjectKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which objects have something in common. Not thread-safe.
///
/// @param <T> what it is: equal for those that have it in common
final class KeyIndex<T> {
  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

  /// In order. Nearly each has one: a list of that is small.
  private final Map<T, List<ObjectKey>> keys = new HashMap<>();

  void add(T common, ObjectKey key) {
    keys.merge(common, List.of(key), (present, one) -> with(present, key));
  }

  void remove(T common, ObjectKey key) {
    keys.computeIfPresent(
        common,
        (_, present) -> {
          List<ObjectKey> left = present.stream().filter(other -> !other.equals(key)).toList();
          return left.isEmpty() ? null : left;
        });
  }

  /// By namespace, then by name.
  List<ObjectKey> get(T common) {
    return keys.getOrDefault(common, List.of());
  }

  private static List<ObjectKey> with(List<ObjectKey> present, ObjectKey key) {
    int at = Collections.binarySearch(present, key, ORDER);
    if (at >= 0) {
      return present;
    }
    List<ObjectKey> more = new ArrayList<>(present);
    more.add(-at - 1, key);
    return List.copyOf(more);
  }
}

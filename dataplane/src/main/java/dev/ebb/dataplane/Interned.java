package dev.ebb.dataplane;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/// One of all values that are equal, as [String#intern] has it for strings: what thousands of
/// revisions say alike, or one revision in many places, is in memory once. For immutable values
/// that are kept long; 72 bytes each. What nobody else has any more is forgotten. Thread-safe.
public final class Interned {
  private static final Map<Object, WeakReference<Object>> VALUES = new WeakHashMap<>();

  private Interned() {}

  /// The first of its equals that is still there.
  @SuppressWarnings("unchecked") // equal records are of one class, equal lists are alike
  public static <T> T of(T value) {
    synchronized (VALUES) {
      return (T)
          Optional.ofNullable(VALUES.get(value))
              .flatMap(known -> Optional.ofNullable(known.get()))
              .orElseGet(() -> {
                VALUES.put(value, new WeakReference<>(value));
                return value;
              });
    }
  }
}

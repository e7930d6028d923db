package dev.ebb.images.registry;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// A part of a sorted list.
///
/// @param more whether others follow the last of them
public record Page<T>(List<T> items, boolean more) {
  public Page {
    items = List.copyOf(items);
  }

  /// @param name by which the list is sorted
  /// @param after the name that the last page ended with; empty for the first page
  /// @param count at most so many
  static <T> Page<T> of(Stream<T> sorted, Function<T, String> name, String after, int count) {
    var rest =
        sorted
            .filter(it -> after.isEmpty() || name.apply(it).compareTo(after) > 0)
            .limit(count + 1L)
            .toList();
    // None were asked for: then the specification wants no next page either.
    boolean more = rest.size() > count && count > 0;
    return new Page<>(rest.subList(0, Math.min(count, rest.size())), more);
  }
}

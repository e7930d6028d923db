package dev.ebb.dataplane;

import java.util.Comparator;
import java.util.List;

/// Rules that come and go together, because one owner brings them: a Route, a DomainMapping.
///
/// @param rules the earlier wins where two match equally; empty where the owner has none any more
public record RouteGroup(Key key, List<RouteRule> rules) {
  public RouteGroup {
    rules = List.copyOf(rules);
  }

  /// Names a group, and says which one wins where rules of two match equally: the lesser. An owner
  /// has a group for each precedence that its rules have.
  ///
  /// @param precedence the lower goes first, whoever the owners are
  public record Key(int precedence, String namespace, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingInt(Key::precedence)
            .thenComparing(Key::namespace)
            .thenComparing(Key::name);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /// @throws IllegalArgumentException when a key is there twice: it would not be clear which counts
  static List<RouteGroup> distinct(List<RouteGroup> groups) {
    if (groups.stream().map(RouteGroup::key).distinct().count() < groups.size()) {
      throw new IllegalArgumentException(
          "two groups have one key: " + groups.stream().map(RouteGroup::key).toList());
    }
    return List.copyOf(groups);
  }
}

package dev.ebb.dataplane;

import java.util.List;

/// What becomes different in a [RouteTable], in one step. Applied twice it is the same.
///
/// @param groups each takes the place of the one that had its key; an empty one leaves none. Groups
///   that are not named stay
public record RouteChange(List<RouteGroup> groups) {
  /// @throws IllegalArgumentException when a key is there twice
  public RouteChange {
    groups = RouteGroup.distinct(groups);
  }
}

package dev.ebb.dataplane;

import java.util.List;

/// All rules of a gateway, immutable. The most specific rule wins: exact host, then rules for any
/// host; then exact path, template, longest prefix; then more headers; then the rule whose group
/// has the lesser key; then the earlier of its group.
///
/// @param groups in any order: which rule wins is in their keys
public record RouteTable(List<RouteGroup> groups) {
  /// @throws IllegalArgumentException when a key is there twice
  public RouteTable {
    groups = RouteGroup.distinct(groups);
  }

  /// Of rules that never change one by one.
  public static RouteTable of(RouteRule... rules) {
    return new RouteTable(List.of(new RouteGroup(new RouteGroup.Key(0, "", ""), List.of(rules))));
  }
}

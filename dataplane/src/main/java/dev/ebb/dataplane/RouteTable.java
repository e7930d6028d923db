package dev.ebb.dataplane;

import java.util.List;

/// All rules of a gateway, immutable. The most specific rule wins: exact host, then rules for any
/// host; then exact path, template, longest prefix; then more headers; then the earlier rule.
public record RouteTable(List<RouteRule> rules) {
  public RouteTable {
    rules = List.copyOf(rules);
  }
}

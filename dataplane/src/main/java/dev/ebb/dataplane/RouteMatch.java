package dev.ebb.dataplane;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which requests a rule is for.
///
/// @param host lower case, without port; empty for any
/// @param methods empty for any
/// @param headers each must have this exact value; names in lower case
public record RouteMatch(
    Optional<String> host, Set<String> methods, PathMatch path, Map<String, String> headers) {
  public RouteMatch {
    methods = Set.copyOf(methods);
    headers = Map.copyOf(headers);
  }
}

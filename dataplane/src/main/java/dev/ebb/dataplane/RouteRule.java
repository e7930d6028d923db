package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One way from a request to targets.
///
/// @param name for logs and metrics: `default/hello`
/// @param targets percentages sum up to 100
/// @param setRequestHeaders added to, or replacing in, the request that goes on
/// @param rewrite how the path changes on its way
public record RouteRule(
    String name,
    RouteMatch match,
    List<WeightedTarget> targets,
    Map<String, String> setRequestHeaders,
    Optional<PathRewrite> rewrite) {
  public RouteRule {
    targets = List.copyOf(targets);
    setRequestHeaders = Map.copyOf(setRequestHeaders);
  }
}

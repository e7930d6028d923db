package dev.ebb.apiserver;

import java.util.List;

/// A sub-resource that another room answers.
///
/// @param verbs for discovery and for what is allowed: `get`, `create`
public record SubresourceRoute(
    String group,
    String version,
    String plural,
    String subresource,
    List<String> verbs,
    SubresourceHandler handler) {
  public SubresourceRoute {
    verbs = List.copyOf(verbs);
  }

  boolean serves(ResourcePath path) {
    return path.group().equals(group)
        && path.version().equals(version)
        && path.plural().equals(plural)
        && path.subresource().equals(subresource);
  }
}

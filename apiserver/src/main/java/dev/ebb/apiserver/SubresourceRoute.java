package dev.ebb.apiserver;

import dev.ebb.kinds.GroupVersionKind;
import java.util.List;
import java.util.Optional;

/// A sub-resource that another room answers.
///
/// @param type of its documents in discovery; empty for the object's
/// @param verbs for discovery and for what is allowed: `get`, `create`
public record SubresourceRoute(
    String group,
    String version,
    String plural,
    String subresource,
    Optional<GroupVersionKind> type,
    List<String> verbs,
    SubresourceHandler handler) {
  public SubresourceRoute {
    verbs = List.copyOf(verbs);
  }

  public SubresourceRoute(
      String group,
      String version,
      String plural,
      String subresource,
      List<String> verbs,
      SubresourceHandler handler) {
    this(group, version, plural, subresource, Optional.empty(), verbs, handler);
  }

  boolean serves(ResourcePath path) {
    return path.group().equals(group)
        && path.version().equals(version)
        && path.plural().equals(plural)
        && path.subresource().equals(subresource);
  }
}

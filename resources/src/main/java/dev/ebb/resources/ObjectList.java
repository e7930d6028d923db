package dev.ebb.resources;

import dev.ebb.kinds.KubernetesObject;
import java.util.List;

/// A consistent part of a listing, in the order of namespace and name.
///
/// @param resourceVersion where a watch goes on from
/// @param continueToken empty on the last page
public record ObjectList(
    List<KubernetesObject> items, String resourceVersion, String continueToken, long remaining) {
  public ObjectList {
    items = List.copyOf(items);
  }
}

package dev.ebb.resources;

import dev.ebb.kinds.KubernetesObject;

/// One event of a watch. An object that begins or ceases to match a selector is ADDED or DELETED.
public record WatchEvent(Type type, KubernetesObject object) {
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED,
    BOOKMARK
  }
}

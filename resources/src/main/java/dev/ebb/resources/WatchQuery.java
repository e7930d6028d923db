package dev.ebb.resources;

/// What to watch.
///
/// @param resourceVersion changes after it; empty or `0`: the present objects come first as ADDED
/// @param sendInitialEvents the present objects as ADDED, then a bookmark with the annotation
///   `k8s.io/initial-events-end`
/// @param onlyNew without a resource version: no present objects, only what changes from now on
public record WatchQuery(
    String namespace,
    String labelSelector,
    String fieldSelector,
    String resourceVersion,
    boolean sendInitialEvents,
    boolean onlyNew) {
  public WatchQuery(
      String namespace,
      String labelSelector,
      String fieldSelector,
      String resourceVersion,
      boolean sendInitialEvents) {
    this(namespace, labelSelector, fieldSelector, resourceVersion, sendInitialEvents, false);
  }

  public static WatchQuery all() {
    return new WatchQuery("", "", "", "", false);
  }
}

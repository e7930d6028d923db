package dev.ebb.resources;

/// What to list.
///
/// @param namespace empty for all namespaces, or for a cluster-scoped kind
/// @param labelSelector as in the URL: `app=a,tier in (x,y),!old`; empty for all
/// @param fieldSelector as in the URL: `metadata.name=a`; empty for all
/// @param limit at most so many objects; 0 for all
/// @param continueToken from the page before, or empty
/// @param resourceVersion empty or `0` for the newest state
/// @param resourceVersionMatch `Exact`, `NotOlderThan` or empty: how the version is meant. Empty
///   means `NotOlderThan`, with a limit `Exact`
public record ListQuery(
    String namespace,
    String labelSelector,
    String fieldSelector,
    int limit,
    String continueToken,
    String resourceVersion,
    String resourceVersionMatch) {
  public ListQuery(
      String namespace,
      String labelSelector,
      String fieldSelector,
      int limit,
      String continueToken,
      String resourceVersion) {
    this(namespace, labelSelector, fieldSelector, limit, continueToken, resourceVersion, "");
  }

  public static ListQuery all() {
    return in("");
  }

  public static ListQuery in(String namespace) {
    return new ListQuery(namespace, "", "", 0, "", "");
  }

  public ListQuery withLabels(String selector) {
    return new ListQuery(
        namespace,
        selector,
        fieldSelector,
        limit,
        continueToken,
        resourceVersion,
        resourceVersionMatch);
  }
}

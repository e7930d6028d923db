package dev.ebb.resources;

/// What to list.
///
/// @param namespace empty for all namespaces, or for a cluster-scoped kind
/// @param labelSelector as in the URL: `app=a,tier in (x,y),!old`; empty for all
/// @param fieldSelector as in the URL: `metadata.name=a`; empty for all
/// @param limit at most so many objects; 0 for all
/// @param continueToken from the page before, or empty
/// @param resourceVersion empty or `0` for the newest state
public record ListQuery(
    String namespace,
    String labelSelector,
    String fieldSelector,
    int limit,
    String continueToken,
    String resourceVersion) {
  public static ListQuery all() {
    return in("");
  }

  public static ListQuery in(String namespace) {
    return new ListQuery(namespace, "", "", 0, "", "");
  }

  public ListQuery withLabels(String selector) {
    return new ListQuery(namespace, selector, fieldSelector, limit, continueToken, resourceVersion);
  }
}

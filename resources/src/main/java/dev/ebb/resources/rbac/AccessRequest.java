package dev.ebb.resources.rbac;

/// What somebody wants to do: a verb on a resource, or on a path that is none.
///
/// @param verb `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`,
///   and those that only rules know: `impersonate`, `bind`, `escalate`. Of a path: the HTTP method
///   in lower case
/// @param group of the API, empty for core
/// @param resource the plural; empty for a path
/// @param subresource empty for the object itself
/// @param namespace empty for a cluster-scoped resource, or for all namespaces
/// @param name empty for a collection
/// @param path of what is no resource; else empty
public record AccessRequest(
    Subject subject,
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    String path) {
  public static AccessRequest toPath(Subject subject, String verb, String path) {
    return new AccessRequest(subject, verb, "", "", "", "", "", path);
  }

  public static AccessRequest toResource(
      Subject subject,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    return new AccessRequest(subject, verb, group, resource, subresource, namespace, name, "");
  }

  public boolean isForResource() {
    return path.isEmpty();
  }

  /// The same object, another verb.
  public AccessRequest withVerb(String other) {
    return new AccessRequest(subject, other, group, resource, subresource, namespace, name, path);
  }

  /// `pods`, `pods/log`.
  String qualifiedResource() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }
}

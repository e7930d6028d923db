package dev.ebb.kinds;

/// Where an object of a known kind stands. The namespace of a cluster-scoped object is the empty
/// string.
public record ObjectKey(String namespace, String name) {
  public static ObjectKey clusterScoped(String name) {
    return new ObjectKey("", name);
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}

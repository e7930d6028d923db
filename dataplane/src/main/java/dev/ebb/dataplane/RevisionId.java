package dev.ebb.dataplane;

/// The revision that an instance runs and that a route leads to.
public record RevisionId(String namespace, String name) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}

package dev.ebb.dataplane;

/// Raised by a gateway when a request waits and the revision has no ready instance. Must return at
/// once; may be called for every such request.
public interface Demand {
  void raise(RevisionId revision);
}

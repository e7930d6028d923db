package dev.ebb.dataplane;

/// What the control plane tells a gateway. Thread-safe; each call takes effect atomically, and
/// requests under way finish as they began.
public interface GatewayControl {
  void routes(RouteTable table);

  /// Makes a revision known or changes its limits.
  void revision(RevisionId revision, RequestLimits limits);

  /// Waiting requests get 503.
  void removeRevision(RevisionId revision);
}

package dev.ebb.dataplane;

import java.util.Map;

/// What the control plane tells a gateway. Thread-safe; each call takes effect atomically, and
/// requests under way finish as they began.
public interface GatewayControl {
  /// Replaces all rules. Until the first table nobody is served.
  void routes(RouteTable table);

  /// Replaces the rules of some owners, in time that grows with theirs alone.
  void change(RouteChange change);

  /// The certificates of new connections; those that are open keep theirs. Sessions that clients
  /// had with a certificate that is no longer there are not resumed.
  void certificates(CertificateTable table);

  /// Makes a revision known or changes its limits.
  void revision(RevisionId revision, RequestLimits limits);

  /// At which ports clients can connect beside the gateway's own, from now on; connections to
  /// others go on until they end. Blocks until it is done.
  ///
  /// @param ports 1 to 65535
  /// @return why there is nobody at those ports that cannot be had
  Map<Integer, String> listenAlso(Map<Integer, Entrance> ports);

  /// How clients come in at a port.
  enum Entrance {
    HTTP,
    HTTPS
  }

  /// Waiting requests get 503.
  void removeRevision(RevisionId revision);
}

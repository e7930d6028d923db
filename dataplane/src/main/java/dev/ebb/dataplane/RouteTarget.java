package dev.ebb.dataplane;

import java.net.URI;

/// Where a request goes.
public sealed interface RouteTarget {
  record Revision(RevisionId revision) implements RouteTarget {}

  /// A part of Ebb itself: a broker's ingress, a dialect, the console.
  record Local(LocalHandler handler) implements RouteTarget {}

  /// Another server, `http` only.
  record Url(URI uri) implements RouteTarget {}

  /// @param status 301, 302, 307 or 308
  record Redirect(URI location, int status) implements RouteTarget {}
}

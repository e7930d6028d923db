package dev.ebb.dataplane;

import java.net.URI;

/// Where a request goes.
public sealed interface RouteTarget {
  record Revision(RevisionId revision) implements RouteTarget {}

  /// A part of Ebb itself: a broker's ingress, a dialect, the console.
  record Local(LocalHandler handler) implements RouteTarget {}

  /// Another server, `http` only.
  record Url(URI uri) implements RouteTarget {}

  /// Nobody can answer now, and why: 503.
  ///
  /// @param reason in CamelCase for programs
  /// @param message for people
  record Unavailable(String reason, String message) implements RouteTarget {}

  /// @param status 301, 302, 307 or 308
  record Redirect(URI location, int status) implements RouteTarget {}
}

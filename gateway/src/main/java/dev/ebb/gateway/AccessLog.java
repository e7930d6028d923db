package dev.ebb.gateway;

import java.time.Duration;
import java.time.Instant;

/// Told of each exchange when it is over. Called on an event loop: it must not block.
public interface AccessLog {
  void exchange(Entry entry);

  /// @param route the rule's name, or empty when none matched
  /// @param target the revision, or what else answered; empty when nothing did
  /// @param instance or empty
  /// @param status 0 when the client left before there was one
  /// @param queued how long it waited for an instance
  record Entry(
      Instant at,
      String client,
      String method,
      String host,
      String path,
      String route,
      String target,
      String instance,
      int status,
      long requestBytes,
      long responseBytes,
      Duration queued,
      Duration total,
      String requestId) {}
}

package dev.ebb.apiserver;

import java.io.IOException;

/// Answers the requests under a path.
///
/// @see PathRoute
@FunctionalInterface
public interface RequestHandler {
  /// Runs on a virtual thread and may block. A [dev.ebb.resources.ApiException] becomes a `Status`.
  void handle(Exchange exchange) throws IOException;
}

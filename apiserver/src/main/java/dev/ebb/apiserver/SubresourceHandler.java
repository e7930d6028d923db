package dev.ebb.apiserver;

import dev.ebb.kinds.ObjectKey;
import java.io.IOException;

/// Answers a sub-resource that is no part of the stored object: `pods/log`.
///
/// @see SubresourceRoute
@FunctionalInterface
public interface SubresourceHandler {
  /// Runs on a virtual thread and may block. The object may not exist: that is for the handler to
  /// find out.
  void handle(ObjectKey object, Exchange exchange) throws IOException;
}

package dev.ebb.apiserver.proxy;

import dev.ebb.kinds.ObjectKey;

/// Finds what answers for an object.
@FunctionalInterface
public interface ProxyTargets {
  /// @param port a number or a name; empty when the client left it to the server
  /// @throws dev.ebb.resources.ApiException 404 when there is no such object, 503 when nothing
  ///   answers for it
  ProxyTarget find(ObjectKey object, String port);
}

package dev.ebb.apiserver;

import java.io.IOException;

/// Speaks another protocol than HTTP on a connection.
///
/// @see Exchange#upgrade
@FunctionalInterface
public interface UpgradeHandler {
  /// Runs on the connection's virtual thread and may block. The thread is interrupted when the
  /// server closes.
  void handle(UpgradedConnection connection) throws IOException;
}

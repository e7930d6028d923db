package dev.ebb.apiserver;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The responses that are being streamed and the connections that were taken over, so that closing
/// the server can end them. Thread-safe.
final class OpenStreams implements AutoCloseable {
  private final Set<StreamInProgress> open = ConcurrentHashMap.newKeySet();
  private final Set<UpgradedConnection> upgraded = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  void opened(StreamInProgress stream) {
    open.add(stream);
    if (closed) {
      stream.end();
    }
  }

  void ended(StreamInProgress stream) {
    open.remove(stream);
  }

  /// @throws dev.ebb.resources.ApiException 429 when there are `limit` already
  void upgraded(UpgradedConnection connection, int limit) {
    upgraded.add(connection);
    if (upgraded.size() > limit) {
      upgraded.remove(connection);
      throw Refusals.tooManyUpgrades(limit);
    }
    if (closed) {
      connection.end();
    }
  }

  void ended(UpgradedConnection connection) {
    upgraded.remove(connection);
  }

  int count() {
    return open.size() + upgraded.size();
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(StreamInProgress::end);
    upgraded.forEach(UpgradedConnection::end);
  }
}

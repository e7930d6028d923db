package dev.ebb.gateway;

import org.jspecify.annotations.Nullable;

/// The connections of one event loop to one address.
interface ConnectionPool {
  /// Asks for a connection; told on the pool's event loop, perhaps at once.
  interface Taker {
    void connected(UpstreamConnection connection);

    void connectFailed(Throwable cause);
  }

  /// An idle connection, or null: then [#connect].
  ///
  /// @param repeatable whether the request may be sent again when the connection turns out to be
  ///   closed
  @Nullable UpstreamConnection take(boolean repeatable);

  void connect(Taker taker);

  /// Takes back a connection whose exchange is complete.
  void give(UpstreamConnection connection);

  /// A connection that no exchange has is gone.
  void lost(UpstreamConnection connection);

  /// After one connection was found stale the others are not trusted either.
  void closeIdle();

  /// Those that are idle at once, the others when they are given back.
  void close();
}

package dev.ebb.gateway;

import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/// What belongs to one event loop, and is touched only there: its deadlines, and its connections to
/// instances. A request never changes its thread, and connections are not shared between loops.
final class LoopState {
  final EventLoop eventLoop;
  final DeadlineWheel wheel;
  private final GatewayContext gateway;
  private final Map<Object, ConnectionPool> pools = new HashMap<>();

  LoopState(EventLoop eventLoop, GatewayContext gateway) {
    this.eventLoop = eventLoop;
    this.gateway = gateway;
    this.wheel = new DeadlineWheel(eventLoop, gateway.nanoTime());
  }

  /// @param key the slot, or the address itself: each start of an instance has its own connections
  ConnectionPool pool(Object key, SocketAddress address) {
    return pools.computeIfAbsent(key, k -> new ConnectionPool(this, gateway, address));
  }

  void forget(Object key) {
    ConnectionPool pool = pools.remove(key);
    if (pool != null) {
      pool.close();
    }
  }
}

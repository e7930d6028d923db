package dev.ebb.gateway;

import io.netty.channel.EventLoop;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
    this.wheel =
        new DeadlineWheel(
            (nanos, task) -> {
              var _ = eventLoop.schedule(task, nanos, TimeUnit.NANOSECONDS);
            },
            gateway.nanoTime());
  }

  /// Runs it when the loop does its tasks the next time. What is asked for in a task waits until
  /// the loop has looked at its sockets again, for it is not taken from its schedule before.
  void nextTasks(Runnable task) {
    var _ = eventLoop.schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  /// Each start of an instance has its own connections. A slot may be granted a moment after its
  /// instance ended and was forgotten here; then the pool is for this one use.
  ConnectionPool pool(Slot slot, SocketAddress address) {
    if (slot.gone) {
      ConnectionPool none = connections(slot, address);
      none.close();
      return none;
    }
    return pools.computeIfAbsent(slot, key -> connections(slot, address));
  }

  private ConnectionPool connections(Slot slot, SocketAddress address) {
    return switch (slot.throttle.protocol()) {
      case HTTP1 -> http1(slot, address);
      case H2C -> http2(slot, address);
      // Behind a unix socket is one of Ebb's own runtimes.
      case DETECT ->
          address instanceof UnixDomainSocketAddress
              ? http1(slot, address)
              : new DetectingConnections(slot, http1(slot, address), http2(slot, address));
    };
  }

  private Http1Connections http1(Slot slot, SocketAddress address) {
    return new Http1Connections(this, gateway, address, slot.throttle.keptOpen);
  }

  private Http2Connections http2(Slot slot, SocketAddress address) {
    return new Http2Connections(this, gateway, address, slot.throttle.keptOpen);
  }

  /// The connections to a URL's server.
  ConnectionPool pool(SocketAddress address) {
    return pools.computeIfAbsent(
        address, key -> new Http1Connections(this, gateway, address, new KeptOpen()));
  }

  void forget(Slot slot) {
    ConnectionPool pool = pools.remove(slot);
    if (pool != null) {
      pool.close();
    }
  }
}

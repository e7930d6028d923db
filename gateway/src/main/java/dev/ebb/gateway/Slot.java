package dev.ebb.gateway;

import dev.ebb.dataplane.InstanceId;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One instance as its [Throttle] sees it. The mutable fields belong to the throttle's lock; the
/// address does not change once set, and is set before the first grant.
final class Slot {
  enum Http2 {
    UNKNOWN,
    YES,
    NO
  }

  final Throttle throttle;
  final InstanceId instance;

  /// Completes when the instance was told to drain and nothing is in flight there.
  final CompletableFuture<Void> drained = new CompletableFuture<>();

  /// Completes when it was told to drain and only upgraded connections are left there.
  final CompletableFuture<Void> quiet = new CompletableFuture<>();

  @Nullable SocketAddress address;

  /// The instance has exited; set before its connections are closed, and read by event loops.
  volatile boolean gone;

  /// Whether it speaks HTTP/2, where that is to be found out; event loops write what they found.
  volatile Http2 http2 = Http2.UNKNOWN;

  boolean draining;

  /// It says itself, or its end does, that it takes nothing for now.
  boolean unready;

  /// A connection to it was refused a moment ago, so it gets nothing new for a while.
  boolean suspended;

  int inFlight;

  /// Those in flight that became another protocol's.
  int upgraded;

  Slot(Throttle throttle, InstanceId instance) {
    this.throttle = throttle;
    this.instance = instance;
  }

  boolean ready() {
    return address != null && !draining && !suspended && !unready;
  }

  /// It takes requests now or will, so that they may wait for it.
  boolean hopeful() {
    return starting() || ready() || (unready && !draining);
  }

  boolean isQuiet() {
    return draining && inFlight == upgraded;
  }

  boolean isDrained() {
    return draining && inFlight == 0;
  }

  /// To be called without the throttle's lock.
  void tell(boolean isQuiet, boolean isDrained) {
    if (isQuiet) {
      quiet.complete(null);
    }
    if (isDrained) {
      drained.complete(null);
    }
  }

  /// @param limit of requests at once; 0 for none
  boolean hasRoom(int limit) {
    return limit == 0 || inFlight < limit;
  }

  boolean starting() {
    return address == null && !draining;
  }
}

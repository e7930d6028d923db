package dev.ebb.eventing.log;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// One reader's place in a stream: which events it has acknowledged, which it has leased out.
/// Thread-safe; any number of threads lease from one cursor, and no event is leased to two at once.
///
/// Events come in the order of the stream, but for those that come again: these come first when
/// they are due. Memory is bounded by the window: so many events at most are leased out or wait to
/// come again; while there are so many, none comes that has not come before.
public interface EventCursor {
  String name();

  EventStream stream();

  /// Leases what is ready now; does not wait for more.
  ///
  /// @param max at least 1
  /// @param lease after this long without [Delivery#renew] an event comes again; positive
  List<Delivery> lease(int max, Duration lease);

  /// The same, but waits until at least one event is ready, or for `wait`; empty then, and when the
  /// log is closed.
  List<Delivery> lease(int max, Duration lease, Duration wait) throws InterruptedException;

  /// Acknowledges an event, leased out or not, delivered ever or not: cancellation, or a dead
  /// letter that is dropped. A lease on it is void.
  ///
  /// @return false when it was acknowledged already, or is not stored
  CompletableFuture<Boolean> discard(long sequence);

  /// Whether an event that is stored is not acknowledged yet.
  boolean isPending(long sequence);

  /// Events that are not acknowledged, in order.
  ///
  /// @param from the first sequence number that is wanted
  List<PendingEvent> pending(long from, int max);

  /// How far behind this cursor is. Cheap: meant to be asked every second.
  Backlog backlog();
}

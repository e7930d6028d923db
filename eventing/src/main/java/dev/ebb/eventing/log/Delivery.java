package dev.ebb.eventing.log;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// An event that is leased out. Thread-safe.
///
/// Whoever holds it ends it by one of [#acknowledge], [#retryAt], [#giveBack]. After the lease
/// lapsed the event may be with somebody else: then only [#acknowledge] still has an effect, for
/// what is done need not be done again.
public interface Delivery {
  StoredEvent event();

  /// How often the event was leased out, this time included; 1 and up. It survives a restart; it
  /// may be lower after a loss of power, or when a process was killed, by what was leased out in
  /// the last 50 ms.
  int attempt();

  /// When the lease lapses unless it is renewed.
  Instant deadline();

  /// Extends the lease to `lease` from now.
  ///
  /// @return false when it had lapsed, or the event is done with
  boolean renew(Duration lease);

  /// The event is done with, for this cursor.
  ///
  /// @return when that is durable: false when it was done with before
  CompletableFuture<Boolean> acknowledge();

  /// The event comes again at a time, past or future.
  ///
  /// @return when that is durable: false when the lease had lapsed, then nothing changes
  CompletableFuture<Boolean> retryAt(Instant time);

  /// As [#retryAt], but this attempt does not count: whoever had the event could not try.
  CompletableFuture<Boolean> giveBack(Instant time);

  /// Appends the event to another stream of the log, and then acknowledges it: a dead letter. A
  /// crash in between gives a duplicate, not a loss. Blocks while the payload is copied.
  ///
  /// @param attributes in place of the event's own
  /// @return the sequence number there, when all is durable
  CompletableFuture<Long> moveTo(EventStream stream, byte[] attributes);
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.EventLogException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Clears up after functions that were removed: a stream of which nothing waits goes, with all that
/// is known of it. Dead letters stay as long as they are kept.
final class Sweeper {
  private static final System.Logger LOG = System.getLogger(Sweeper.class.getName());
  static final Duration PERIOD = Duration.ofMinutes(1);

  private final Lanes lanes;
  private final CallTargets targets;
  private final Executor executor;
  private final Consumer<Lane> forget;
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private Instant next = Instant.EPOCH;

  /// @param executor deletes, which waits for the disk
  /// @param forget told of lanes that are gone
  Sweeper(Lanes lanes, CallTargets targets, Executor executor, Consumer<Lane> forget) {
    this.lanes = lanes;
    this.targets = targets;
    this.executor = executor;
    this.forget = forget;
  }

  /// Looks whether there is something to do, each [#PERIOD]. For one thread at a time.
  ///
  /// @return when to come again
  Instant look(Instant now) {
    if (!next.isAfter(now)) {
      next = now.plus(PERIOD);
      List<Streams.Name> going =
          lanes
              .streams()
              .filter(it -> targets.policy(it.name().function()).isEmpty() && it.isEmpty())
              .map(OpenStream::name)
              .toList();
      boolean purging = lanes.streams().anyMatch(it -> it.index().isWorthPurging());
      if ((!going.isEmpty() || purging) && !sweeping.getAndSet(true)) {
        begin(going);
      }
    }
    return lanes.streams().findAny().isPresent() ? next : Instant.MAX;
  }

  private void begin(List<Streams.Name> going) {
    try {
      executor.execute(() -> {
        try {
          sweep(going);
        } finally {
          sweeping.set(false);
        }
      });
    } catch (RejectedExecutionException closing) {
      sweeping.set(false);
      LOG.log(Level.DEBUG, "the server stops; the next one clears up", closing);
    }
  }

  private void sweep(List<Streams.Name> going) {
    try {
      going.forEach(name -> lanes.remove(name).ifPresent(forget));
    } catch (EventLogException e) {
      LOG.log(Level.WARNING, "the event log fails; streams of removed functions stay", e);
    }
    lanes.streams().filter(it -> it.index().isWorthPurging()).forEach(it -> it.index().purge());
  }
}

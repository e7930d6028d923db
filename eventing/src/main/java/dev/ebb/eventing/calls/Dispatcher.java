package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.NewEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Takes what is ready from the lanes in turn, and has it delivered.
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

  static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration RENEWAL = Duration.ofSeconds(15);

  /// When the log itself fails, as a disk that is full.
  private static final Duration LOG_WAIT = Duration.ofSeconds(5);

  private final Lanes lanes;
  private final Turns turns;
  private final CallDelivery calls;
  private final CallbackDelivery callbacks;
  private final InstantSource clock;
  private final Executor executor;
  private final Runnable leftover;
  private final Runnable changed;
  private Instant nextRenewal = Instant.EPOCH;

  /// @param executor runs deliveries, which block
  /// @param leftover returns when there is time for more
  /// @param changed called when there may be more to do
  Dispatcher(
      Lanes lanes,
      CallsConfig config,
      CallDelivery calls,
      CallbackDelivery callbacks,
      InstantSource clock,
      Executor executor,
      Runnable leftover,
      Runnable changed) {
    this.lanes = lanes;
    this.turns = new Turns(config);
    this.calls = calls;
    this.callbacks = callbacks;
    this.clock = clock;
    this.executor = executor;
    this.leftover = leftover;
    this.changed = changed;
  }

  /// Something may be ready in a lane. From any thread.
  ///
  /// @return whether [#work] must be called for that
  boolean wake(Lane lane) {
    return turns.wake(lane);
  }

  /// A lane is gone.
  void forget(Lane lane) {
    turns.forget(lane);
    changed.run();
  }

  /// Of what is known of lanes.
  int size() {
    return turns.size();
  }

  /// Begins all deliveries that can be begun. For one thread at a time.
  ///
  /// @return when to come again though nothing was told to have changed
  Instant work() {
    Instant now = clock.instant();
    if (!nextRenewal.isAfter(now)) {
      turns.busy().forEach(lane -> lane.renew(LEASE));
      nextRenewal = now.plus(RENEWAL);
    }
    turns.gather(now);
    for (Optional<Turns.Seat> turn = turns.next(); turn.isPresent(); turn = turns.next()) {
      if (begin(turn.get(), now)) {
        leftover.run();
      }
    }
    Instant alarm = turns.nextAlarm();
    return turns.isBusy() && nextRenewal.isBefore(alarm) ? nextRenewal : alarm;
  }

  /// @return whether something was begun
  private boolean begin(Turns.Seat seat, Instant now) {
    Lane lane = seat.lane;
    if (!lane.enter()) {
      return false;
    }
    try {
      return beginOf(seat, now);
    } finally {
      lane.leave();
    }
  }

  private boolean beginOf(Turns.Seat seat, Instant now) {
    Lane lane = seat.lane;
    int room = turns.room(seat);
    List<Delivery> taken;
    try {
      taken = lane.take(now, room, LEASE);
    } catch (EventLogException e) {
      LOG.log(Level.WARNING, "the event log fails; %s waits".formatted(lane.name()), e);
      lane.lookAt(now.plus(LOG_WAIT));
      taken = List.of();
    }
    turns.taken(seat, taken.size(), taken.size() == room);
    for (Delivery delivery : taken) {
      lane.enter();
      try {
        executor.execute(() -> deliver(lane, delivery));
      } catch (RejectedExecutionException closing) {
        Futures.forget(delivery.giveBack(now));
        over(lane, delivery.event().sequence());
      }
    }
    return !taken.isEmpty();
  }

  private void over(Lane lane, long sequence) {
    lane.ended(sequence);
    turns.ended(lane);
    lane.leave();
    changed.run();
  }

  private void deliver(Lane lane, Delivery delivery) {
    long sequence = delivery.event().sequence();
    try {
      settle(lane, delivery, attempt(delivery));
    } catch (InterruptedException e) {
      // The server stops. The next one has it again at once.
      Futures.forget(delivery.giveBack(clock.instant()));
      Thread.currentThread().interrupt();
    } catch (IllegalArgumentException | DamagedEventException e) {
      LOG.log(Level.ERROR, "call %d of %s cannot be read".formatted(sequence, lane.name()), e);
      bury(lane, delivery);
    } catch (EventLogException e) {
      LOG.log(Level.WARNING, "the event log fails; %s waits".formatted(lane.name()), e);
      Futures.forget(delivery.giveBack(lane.refused(sequence, clock.instant(), LOG_WAIT, text(e))));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "call %d of %s failed".formatted(sequence, lane.name()), e);
      Futures.forget(
          delivery.retryAt(lane.refused(sequence, clock.instant(), LOG_WAIT, e.toString())));
    } finally {
      over(lane, sequence);
    }
  }

  private static String text(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private Outcome attempt(Delivery delivery) throws InterruptedException {
    return switch (ItemCodec.read(delivery.event().attributes()).item()) {
      case Call call -> calls.deliver(call, delivery.attempt(), delivery.event().payload());
      case Callback callback ->
          callbacks.deliver(callback, delivery.attempt(), delivery.event().payload());
    };
  }

  private void settle(Lane lane, Delivery delivery, Outcome outcome) {
    long sequence = delivery.event().sequence();
    Instant now = clock.instant();
    switch (outcome) {
      case Outcome.Done _ -> {
        Futures.join(delivery.acknowledge());
        lane.succeeded(sequence);
      }
      case Outcome.Again again -> {
        Instant at = now.plus(again.delay());
        lane.again(sequence, at, again.error());
        Futures.join(delivery.retryAt(at));
      }
      case Outcome.Refused refused ->
          Futures.join(
              delivery.giveBack(lane.refused(sequence, now, refused.delay(), refused.error())));
      case Outcome.Dead dead -> {
        bury(lane, delivery, dead.death());
        lane.failed(sequence);
      }
    }
  }

  private void bury(Lane lane, Delivery delivery, Death death) {
    Item item = ItemCodec.read(delivery.event().attributes()).item();
    OpenStream dead = lanes.useDead(lane.name());
    try {
      long place = Futures.join(delivery.moveTo(dead.stream(), ItemCodec.write(item, death)));
      dead.index().add(place, item.id());
    } finally {
      dead.leave();
    }
  }

  /// Keeps what can still be read of it.
  private void bury(Lane lane, Delivery delivery) {
    try {
      OpenStream dead = lanes.useDead(lane.name());
      try {
        byte[] rest = delivery.event().attributes();
        Futures.join(dead.stream().append(new NewEvent(rest, new byte[0])));
      } finally {
        dead.leave();
      }
      Futures.join(delivery.acknowledge());
      lane.failed(delivery.event().sequence());
    } catch (EventLogException e) {
      LOG.log(Level.WARNING, "the event log fails; %s waits".formatted(lane.name()), e);
    }
  }
}

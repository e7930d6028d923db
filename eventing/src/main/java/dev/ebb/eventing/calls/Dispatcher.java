package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NewEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Takes what is ready from all lanes in turn, and has it delivered.
///
/// A queue has a number of calls that are made at once, which its functions share as they come;
/// beside these each function may always have one. So functions that are slow, broken or full take
/// each other's speed, but nobody is ever held up by another.
final class Dispatcher {
  private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

  static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration RENEWAL = Duration.ofSeconds(15);

  /// When the log itself fails, as a disk that is full.
  private static final Duration LOG_WAIT = Duration.ofSeconds(5);

  /// Taken from a lane before the next one has its turn.
  private static final int TURN = 8;

  private final Lanes lanes;
  private final CallsConfig config;
  private final CallDelivery calls;
  private final CallbackDelivery callbacks;
  private final InstantSource clock;
  private final Executor executor;
  private final Runnable changed;
  private Instant nextRenewal = Instant.EPOCH;

  /// @param executor runs deliveries, which block
  /// @param changed called when there may be more to do
  Dispatcher(
      Lanes lanes,
      CallsConfig config,
      CallDelivery calls,
      CallbackDelivery callbacks,
      InstantSource clock,
      Executor executor,
      Runnable changed) {
    this.lanes = lanes;
    this.config = config;
    this.calls = calls;
    this.callbacks = callbacks;
    this.clock = clock;
    this.executor = executor;
    this.changed = changed;
  }

  private record Share(Streams.Kind kind, String queue) {}

  /// Begins all deliveries that can be begun. For one thread at a time.
  ///
  /// @return when to come again though nothing was told to have changed
  Instant work() {
    Instant now = clock.instant();
    List<Lane> turns = new ArrayList<>(lanes.all());
    if (!nextRenewal.isAfter(now)) {
      turns.forEach(lane -> lane.renew(LEASE));
      nextRenewal = now.plus(RENEWAL);
    }
    // Whoever came last the last time is not always the last.
    Collections.shuffle(turns);
    int inHands = turns.stream().mapToInt(Lane::running).sum();
    Map<Share, Integer> shared = new HashMap<>();
    turns.forEach(lane -> shared.merge(share(lane), Math.max(0, lane.running() - 1), Integer::sum));
    boolean taken = true;
    while (taken) {
      taken = false;
      for (Lane lane : turns) {
        int used = shared.getOrDefault(share(lane), 0);
        int own = lane.running() == 0 ? 1 : 0;
        int free =
            Math.min(Math.min(TURN, config.queueCalls() - used + own), config.maxCalls() - inHands);
        if (free < 1) {
          continue;
        }
        int begun = begin(lane, now, free);
        inHands += begun;
        shared.merge(share(lane), Math.max(0, begun - own), Integer::sum);
        taken |= begun > 0;
      }
    }
    Instant next = inHands > 0 ? nextRenewal : Instant.MAX;
    for (Lane lane : turns) {
      Instant look = lane.nextLook();
      // What is ready now found no room: it is looked at when something has ended.
      if (look.isAfter(now) && look.isBefore(next)) {
        next = look;
      }
    }
    return next;
  }

  private static Share share(Lane lane) {
    return new Share(lane.name().kind(), lane.name().queue());
  }

  private int begin(Lane lane, Instant now, int free) {
    List<Delivery> taken = lane.take(now, free, LEASE);
    for (Delivery delivery : taken) {
      try {
        executor.execute(() -> deliver(lane, delivery));
      } catch (RejectedExecutionException closing) {
        Futures.forget(delivery.giveBack(now));
        lane.ended(delivery.event().sequence());
      }
    }
    return taken.size();
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
      lane.ended(sequence);
      lane.look();
      changed.run();
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
        Item item = ItemCodec.read(delivery.event().attributes()).item();
        Futures.join(delivery.moveTo(lanes.dead(lane.name()), ItemCodec.write(item, dead.death())));
        lane.failed(sequence);
      }
    }
  }

  /// Keeps what can still be read of it.
  private void bury(Lane lane, Delivery delivery) {
    try {
      EventStream dead = lanes.dead(lane.name());
      Futures.join(dead.append(new NewEvent(delivery.event().attributes(), new byte[0])));
      Futures.join(delivery.acknowledge());
      lane.failed(delivery.event().sequence());
    } catch (EventLogException e) {
      LOG.log(Level.WARNING, "the event log fails; %s waits".formatted(lane.name()), e);
    }
  }
}

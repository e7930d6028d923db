package dev.ebb.eventing.embedded;

import dev.ebb.eventing.embedded.EventReader.Place;
import dev.ebb.eventing.log.Backlog;
import dev.ebb.eventing.log.DamagedEventException;
import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventLogException;
import dev.ebb.eventing.log.EventStream;
import dev.ebb.eventing.log.NoSuchStreamException;
import dev.ebb.eventing.log.PendingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A cursor of an embedded log, for users.
final class EmbeddedCursor implements EventCursor {
  /// Discarded events far ahead are remembered in runs; 16 bytes each in every checkpoint.
  private static final int MAX_SKIPPED_RUNS = 30_000;

  /// What one entry of the log can hold.
  private static final int MAX_LEASES = 10_000;

  final EmbeddedEventLog log;
  final StreamState stream;
  final CursorState state;
  private final EmbeddedStream owner;

  EmbeddedCursor(EmbeddedEventLog log, EmbeddedStream owner, CursorState state) {
    this.log = log;
    this.owner = owner;
    this.state = state;
    stream = owner.state();
  }

  @Override
  public String name() {
    return state.name;
  }

  @Override
  public EventStream stream() {
    return owner;
  }

  @Override
  public List<Delivery> lease(int max, Duration lease) {
    if (max < 1 || lease.toMillis() < 1) {
      throw new IllegalArgumentException("leases of " + max + " events for " + lease);
    }
    log.requireOpen();
    return leaseNow(max, lease);
  }

  private List<Delivery> leaseNow(int max, Duration lease) {
    requireNotDeleted();
    List<Leased> picked;
    state.leasing.lock();
    try {
      picked = pick(Math.min(max, MAX_LEASES), log.clock().millis(), lease.toMillis());
    } finally {
      state.leasing.unlock();
    }
    List<Delivery> deliveries = new ArrayList<>(picked.size());
    for (Leased it : picked) {
      readInto(deliveries, it);
    }
    return deliveries;
  }

  /// An event that is leased out but not read yet.
  private record Leased(Held held, long token, int attempt, Place place) {}

  private void requireNotDeleted() {
    stream.lock.lock();
    try {
      owner.requireNotDeleted();
      if (state.deleted) {
        throw new NoSuchStreamException("cursor " + state.name + " of stream " + stream.name);
      }
    } finally {
      stream.lock.unlock();
    }
  }

  private List<Leased> pick(int max, long now, long lease) {
    List<Leased> picked = new ArrayList<>();
    List<Entry.Handed.Item> items = new ArrayList<>();
    long before = next();
    while (picked.size() < max && pickAgain(picked, items, now, lease)) {
      // Those that come again come first.
    }
    while (picked.size() < max && pickNext(picked, items, now, lease)) {
      // Then those that were never delivered.
    }
    if (!items.isEmpty()) {
      Entry.Handed handed =
          new Entry.Handed(stream.id, state.id, before, next(), List.copyOf(items));
      log.submit(new EntryOp<>(() -> handed, _ -> true, () -> {}, true));
    }
    return picked;
  }

  private long next() {
    stream.lock.lock();
    try {
      return state.next;
    } finally {
      stream.lock.unlock();
    }
  }

  private boolean pickAgain(
      List<Leased> picked, List<Entry.Handed.Item> items, long now, long lease) {
    Held held;
    long token;
    stream.lock.lock();
    try {
      held = state.pollReady(now);
      if (held == null) {
        return false;
      }
      state.lease(held, now + lease);
      token = held.token;
      items.add(held.item());
    } finally {
      stream.lock.unlock();
    }
    Optional<Place> place = log.reader().ceiling(stream, held.sequence);
    if (place.isPresent() && place.get().sequence() == held.sequence) {
      picked.add(new Leased(held, token, held.attempts, place.get()));
    } else {
      forget(held.sequence);
    }
    return true;
  }

  private boolean pickNext(
      List<Leased> picked, List<Entry.Handed.Item> items, long now, long lease) {
    long last;
    stream.lock.lock();
    try {
      last = stream.last;
    } finally {
      stream.lock.unlock();
    }
    Optional<Place> found = log.reader().ceiling(stream, next());
    if (found.isEmpty()) {
      // What was there up to now is lost, else there would be something.
      stream.lock.lock();
      try {
        state.advance(last + 1);
      } finally {
        stream.lock.unlock();
      }
      return false;
    }
    Place place = found.get();
    stream.lock.lock();
    try {
      if (state.heldCount() >= state.window) {
        return false;
      }
      long sequence = place.sequence();
      if (sequence < state.next || state.skipped.contains(sequence)) {
        // Discarded or trimmed in between.
        state.advance(state.skipped.firstAbsent(sequence));
        return true;
      }
      Held held = state.take(sequence, place.size());
      state.lease(held, now + lease);
      items.add(held.item());
      picked.add(new Leased(held, held.token, held.attempts, place));
      return true;
    } finally {
      stream.lock.unlock();
    }
  }

  private void readInto(List<Delivery> deliveries, Leased leased) {
    try {
      log.reader()
          .read(stream, leased.place())
          .ifPresentOrElse(
              event ->
                  deliveries.add(
                      new LeasedDelivery(
                          this,
                          leased.held(),
                          leased.token(),
                          leased.attempt(),
                          log.reader().stored(stream, event))),
              () -> forget(leased.place().sequence()));
    } catch (DamagedEventException e) {
      // It is among the damages of the log. Nobody can have it, so nobody is to wait for it.
      forget(leased.place().sequence());
    }
  }

  /// Is done with an event that is not there any more.
  private void forget(long sequence) {
    log.submit(settling(sequence, true));
  }

  private EntryOp<Boolean> settling(long sequence, boolean lazy) {
    return new EntryOp<>(
        () -> settled(sequence), _ -> publishSettled(sequence), () -> unsettle(sequence), lazy);
  }

  private Entry settled(long sequence) {
    stream.lock.lock();
    try {
      owner.requireNotDeleted();
      if (state.skipped.size() >= MAX_SKIPPED_RUNS
          && sequence >= state.next
          && state.held(sequence) == null) {
        throw new EventLogException(
            "cursor %s of stream %s has discarded too many events ahead"
                .formatted(state.name, stream.name));
      }
    } finally {
      stream.lock.unlock();
    }
    return new Entry.Settled(stream.id, state.id, sequence);
  }

  private boolean publishSettled(long sequence) {
    stream.lock.lock();
    try {
      boolean stored = sequence >= stream.first && sequence <= stream.last;
      boolean settled = stored && state.settle(sequence);
      if (settled) {
        // There may be room in the window now.
        stream.changed.signalAll();
      }
      return settled;
    } finally {
      stream.lock.unlock();
    }
  }

  private void unsettle(long sequence) {
    stream.lock.lock();
    try {
      Held held = state.held(sequence);
      if (held != null) {
        state.unsettle(held);
        stream.changed.signalAll();
      }
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public List<Delivery> lease(int max, Duration lease, Duration wait) throws InterruptedException {
    long end = log.clock().millis() + wait.toMillis();
    while (!log.isClosed()) {
      List<Delivery> ready = leaseNow(max, lease);
      if (!ready.isEmpty() || !awaitReady(end)) {
        return ready;
      }
    }
    return List.of();
  }

  /// @return false when the time is over
  private boolean awaitReady(long end) throws InterruptedException {
    stream.lock.lockInterruptibly();
    try {
      while (!mayHaveReady()) {
        long now = log.clock().millis();
        if (now >= end || log.isClosed()) {
          return false;
        }
        long until = Math.min(end, state.nextDue()) - now;
        stream.changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(Math.max(1, until)));
      }
      return true;
    } finally {
      stream.lock.unlock();
    }
  }

  private boolean mayHaveReady() {
    return stream.deleted
        || state.deleted
        || state.hasReady(log.clock().millis())
        || (state.heldCount() < state.window && state.next <= stream.last);
  }

  @Override
  public CompletableFuture<Boolean> discard(long sequence) {
    return acknowledge(sequence);
  }

  /// What is on its way to the disk keeps the lease from lapsing.
  CompletableFuture<Boolean> acknowledge(long sequence) {
    stream.lock.lock();
    try {
      Held held = state.held(sequence);
      if (held == null && (sequence < state.next || sequence > stream.last)) {
        return CompletableFuture.completedFuture(false);
      }
      if (held != null) {
        held.settling++;
      }
    } finally {
      stream.lock.unlock();
    }
    EntryOp<Boolean> op = settling(sequence, false);
    log.submit(op);
    return op.answer();
  }

  CompletableFuture<Boolean> retry(Held held, long token, Instant time, boolean counts) {
    long due = time.toEpochMilli();
    int attempts;
    stream.lock.lock();
    try {
      if (!state.isLeased(held, token, log.clock().millis())) {
        return CompletableFuture.completedFuture(false);
      }
      held.settling++;
      attempts = held.attempts - (counts ? 0 : 1);
    } finally {
      stream.lock.unlock();
    }
    Entry.Handed entry =
        new Entry.Handed(
            stream.id,
            state.id,
            0,
            0,
            List.of(new Entry.Handed.Item(held.sequence, attempts, due, held.bytes)));
    EntryOp<Boolean> op =
        new EntryOp<>(
            () -> entry,
            _ -> publishRetry(held, attempts, due),
            () -> unsettle(held.sequence),
            false);
    log.submit(op);
    return op.answer();
  }

  private boolean publishRetry(Held held, int attempts, long due) {
    stream.lock.lock();
    try {
      if (state.held(held.sequence) != held) {
        return false;
      }
      state.delay(held, attempts, due, log.clock().millis());
      stream.changed.signalAll();
      return true;
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public boolean isPending(long sequence) {
    stream.lock.lock();
    try {
      return sequence >= stream.first && sequence <= stream.last && state.isPending(sequence);
    } finally {
      stream.lock.unlock();
    }
  }

  @Override
  public List<PendingEvent> pending(long from, int max) {
    List<PendingEvent> events = new ArrayList<>();
    stream.lock.lock();
    try {
      for (Held held : state.heldFrom(from)) {
        if (events.size() == max) {
          return events;
        }
        events.add(view(held));
      }
    } finally {
      stream.lock.unlock();
    }
    long at = Math.max(from, next());
    while (events.size() < max) {
      Optional<Place> place = log.reader().ceiling(stream, at);
      if (place.isEmpty()) {
        return events;
      }
      at = place.get().sequence() + 1;
      if (isPending(at - 1)) {
        events.add(new PendingEvent(at - 1, 0, Optional.empty(), Optional.empty()));
      }
    }
    return events;
  }

  private static PendingEvent view(Held held) {
    Optional<Instant> due = Optional.of(Instant.ofEpochMilli(held.due));
    return new PendingEvent(
        held.sequence,
        held.attempts,
        held.phase == Held.Phase.LEASED ? due : Optional.empty(),
        held.phase == Held.Phase.DELAYED ? due : Optional.empty());
  }

  @Override
  public Backlog backlog() {
    long[] counts;
    long leased;
    long delayed;
    long floor;
    long oldest;
    stream.lock.lock();
    try {
      counts = stream.backlog(state);
      leased = state.leasedCount();
      delayed = state.delayedCount();
      floor = state.floor();
      oldest = state.agedSequence == floor ? state.agedTime : 0;
    } finally {
      stream.lock.unlock();
    }
    if (counts[0] == 0) {
      return new Backlog(0, 0, 0, 0, Optional.empty());
    }
    Optional<Long> time = oldest > 0 ? Optional.of(oldest) : ageOf(floor);
    return new Backlog(counts[0], counts[1], leased, delayed, time.map(Instant::ofEpochMilli));
  }

  private Optional<Long> ageOf(long sequence) {
    Optional<Long> time = log.reader().time(stream, sequence);
    stream.lock.lock();
    try {
      time.ifPresent(it -> {
        state.agedSequence = sequence;
        state.agedTime = it;
      });
    } finally {
      stream.lock.unlock();
    }
    return time;
  }
}

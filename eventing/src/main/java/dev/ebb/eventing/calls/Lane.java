package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.Delivery;
import dev.ebb.eventing.log.EventCursor;
import dev.ebb.eventing.log.EventStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// What is delivered of one stream, and how much of it at once. Thread-safe.
///
/// How much a function can take is found out: one more with each call that went well, half when it
/// has no room, and then nothing for a while, longer each time. A gateway that queues requests
/// tells of its queue's end in no other way.
final class Lane {
  private static final int FIRST_WINDOW = 8;

  /// Errors that are remembered for those who look, of calls that wait to be made again.
  private static final int MAX_ERRORS = 1_000;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  /// When it is not known when something is due, because an earlier process said so.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final OpenStream open;
  private final EventCursor cursor;
  private final QueueCounts counted;
  private final int limit;
  private final Map<Long, Delivery> running = new HashMap<>();
  private final Map<Long, String> errors =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
          return size() > MAX_ERRORS;
        }
      };
  private final AtomicBoolean summoned = new AtomicBoolean();
  private int window;

  /// How many of the function are known to take calls.
  private int instances;

  private boolean ready;
  private Instant pausedUntil = Instant.EPOCH;
  private Instant nextLook = Instant.MAX;

  /// When calls are due that were delayed by this process; no more than the cursor's window.
  private final PriorityQueue<Instant> dues = new PriorityQueue<>();

  private Duration pause = FIRST_PAUSE;
  private long submitted;
  private long delivered;
  private long retried;
  private long dead;

  /// @param counted beside its own counts, those of its queue
  /// @param limit of what is in hands at once
  Lane(OpenStream open, QueueCounts counted, int limit) {
    this.open = open;
    this.cursor = open.cursor();
    this.counted = counted;
    this.limit = limit;
    this.window = Math.min(FIRST_WINDOW, limit);
  }

  /// @param retried attempts that were not the last
  record Counts(int running, long submitted, long delivered, long retried, long dead) {}

  Streams.Name name() {
    return open.name();
  }

  EventStream stream() {
    return open.stream();
  }

  OpenStream open() {
    return open;
  }

  /// Whoever uses a lane comes from [Lanes#use], or is inside already, and leaves it in the end.
  ///
  /// @return false when it is gone
  boolean enter() {
    return open.enter();
  }

  void leave() {
    open.leave();
  }

  EventCursor cursor() {
    return cursor;
  }

  synchronized Counts counts() {
    return new Counts(running.size(), submitted, delivered, retried, dead);
  }

  synchronized int running() {
    return running.size();
  }

  synchronized Optional<String> error(long sequence) {
    return Optional.ofNullable(errors.get(sequence));
  }

  /// Something new is durable.
  ///
  /// @return false when the lane is looked at anyway: now, or when one that is in hands has ended,
  ///   or a pause has
  synchronized boolean submitted() {
    submitted++;
    counted.submitted().increment();
    boolean known = ready;
    ready = true;
    return !known;
  }

  /// What an earlier process left may be ready.
  synchronized void look() {
    ready = true;
  }

  /// There are so many instances of the function now, and one takes a call at least.
  ///
  /// @return whether it takes more than before
  synchronized boolean instances(int count) {
    boolean more = count > instances && count > window;
    instances = count;
    return more;
  }

  private int room() {
    return Math.min(limit, Math.max(window, instances)) - running.size();
  }

  /// Has it looked at.
  ///
  /// @return false when it waits to be looked at already
  boolean summon() {
    return !summoned.getAndSet(true);
  }

  /// It is looked at: what happens from now on needs another look.
  void summoned() {
    summoned.set(false);
  }

  /// The log fails: later it may be better.
  synchronized void lookAt(Instant at) {
    ready = true;
    if (pausedUntil.isBefore(at)) {
      pausedUntil = at;
    }
  }

  /// Takes what is ready, within what the function can take.
  ///
  /// @param free how many more may be in hands, 1 and up
  List<Delivery> take(Instant now, int free, Duration lease) {
    int count;
    synchronized (this) {
      if (!nextLook.isAfter(now)) {
        ready = true;
        nextLook = Instant.MAX;
      }
      while (!dues.isEmpty() && !dues.peek().isAfter(now)) {
        dues.remove();
        ready = true;
      }
      count = Math.min(free, room());
      if (!ready || count < 1 || pausedUntil.isAfter(now)) {
        return List.of();
      }
      ready = false;
    }
    List<Delivery> taken = cursor.lease(count, lease);
    boolean delayed = taken.size() < count && cursor.backlog().delayed() > 0;
    synchronized (this) {
      taken.forEach(delivery -> running.put(delivery.event().sequence(), delivery));
      ready |= taken.size() == count;
      if (delayed) {
        nextLook = now.plus(LOOK);
      }
    }
    return taken;
  }

  /// When there may be something to do without anything else happening.
  synchronized Instant nextLook() {
    if (room() < 1) {
      return Instant.MAX;
    }
    Instant next = ready ? Instant.EPOCH : nextLook;
    if (!dues.isEmpty() && dues.peek().isBefore(next)) {
      next = dues.peek();
    }
    return next.isBefore(pausedUntil) ? pausedUntil : next;
  }

  void renew(Duration lease) {
    List<Delivery> all;
    synchronized (this) {
      all = List.copyOf(running.values());
    }
    // One whose lease lapsed comes again, though it may still be done: at least once.
    all.forEach(delivery -> delivery.renew(lease));
  }

  synchronized void succeeded(long sequence) {
    errors.remove(sequence);
    delivered++;
    counted.processed().increment();
    window = Math.min(limit, window + 1);
    pause = FIRST_PAUSE;
  }

  synchronized void failed(long sequence) {
    errors.remove(sequence);
    dead++;
    counted.processed().increment();
    pause = FIRST_PAUSE;
  }

  synchronized void again(long sequence, Instant at, String error) {
    errors.put(sequence, error);
    retried++;
    pause = FIRST_PAUSE;
    dues.add(at);
  }

  /// Nobody had room. All that were refused at the same time are told so once.
  ///
  /// @return when the next may be tried
  synchronized Instant refused(long sequence, Instant now, Duration wait, String error) {
    errors.put(sequence, error);
    if (!pausedUntil.isAfter(now)) {
      Duration longer = wait.compareTo(pause) > 0 ? wait : pause;
      pausedUntil = now.plus(longer.compareTo(MAX_PAUSE) < 0 ? longer : MAX_PAUSE);
      pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) < 0 ? pause.multipliedBy(2) : MAX_PAUSE;
      window = Math.max(1, window / 2);
    }
    dues.add(pausedUntil);
    return pausedUntil;
  }

  synchronized void ended(long sequence) {
    running.remove(sequence);
    ready = true;
  }
}

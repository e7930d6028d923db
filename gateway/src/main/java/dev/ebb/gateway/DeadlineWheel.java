package dev.ebb.gateway;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The deadlines of one event loop's connections.
///
/// Nearly no deadline is ever reached: each request sets one and the response moves it on. So a
/// timer that lies in the wheel is left there when its deadline moves to later; only when its
/// bucket comes up is the true deadline looked at, and the timer put where it belongs now. A busy
/// connection thus costs one list operation in each time-out, not two in each request. This is
/// scheme 6 of Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (SOSP 1987), with lazy
/// rescheduling. Deadlines are late by up to one tick, never early. Used on its event loop only.
final class DeadlineWheel {
  private static final System.Logger LOG = System.getLogger(DeadlineWheel.class.getName());

  /// Time-outs of requests are told in seconds, so a twentieth of one is exact enough.
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// 1,024 ticks are 51 s; a longer deadline is met on the way and put back.
  private static final int BUCKETS = 1_024;

  /// Something with a deadline. It lies in at most one wheel.
  static final class Timer {
    private final Runnable expired;
    private boolean set;
    private long deadline;
    private boolean placed;
    private long tick;
    private @Nullable Timer next;

    Timer(Runnable expired) {
      this.expired = expired;
    }
  }

  /// Runs a task on the wheel's thread after some nanoseconds.
  interface Scheduler {
    void after(long nanos, Runnable task);
  }

  private final Scheduler scheduler;
  private final LongSupplier nanoTime;
  private final @Nullable Timer[] buckets = new Timer[BUCKETS];
  private final List<Timer> due = new ArrayList<>();
  private final long origin;
  private long current;
  private int placed;
  private boolean ticking;

  DeadlineWheel(Scheduler scheduler, LongSupplier nanoTime) {
    this.scheduler = scheduler;
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
  }

  void set(Timer timer, long deadlineNanos) {
    timer.set = true;
    timer.deadline = deadlineNanos;
    if (!timer.placed) {
      place(timer);
    } else if (tickOf(deadlineNanos) < timer.tick) {
      remove(timer);
      place(timer);
    }
  }

  void cancel(Timer timer) {
    timer.set = false;
  }

  /// The first tick that begins after the deadline.
  private long tickOf(long deadlineNanos) {
    return Math.max(current, (deadlineNanos - origin) / TICK_NANOS) + 1;
  }

  private void place(Timer timer) {
    if (placed == 0 && !ticking) {
      current = (nanoTime.getAsLong() - origin) / TICK_NANOS;
    }
    timer.tick = tickOf(timer.deadline);
    timer.placed = true;
    int bucket = (int) (timer.tick % BUCKETS);
    timer.next = buckets[bucket];
    buckets[bucket] = timer;
    placed++;
    if (!ticking) {
      ticking = true;
      schedule();
    }
  }

  private void remove(Timer timer) {
    int bucket = (int) (timer.tick % BUCKETS);
    Timer before = null;
    for (Timer at = buckets[bucket]; at != null; before = at, at = at.next) {
      if (at == timer) {
        if (before == null) {
          buckets[bucket] = at.next;
        } else {
          before.next = at.next;
        }
        break;
      }
    }
    timer.next = null;
    timer.placed = false;
    placed--;
  }

  private void schedule() {
    scheduler.after(TICK_NANOS, this::advance);
  }

  private void advance() {
    long now = nanoTime.getAsLong();
    long until = (now - origin) / TICK_NANOS;
    // After a long stop of the process each bucket is looked at once, not once per missed tick.
    for (long tick = Math.max(current + 1, until - BUCKETS + 1); tick <= until; tick++) {
      current = tick;
      empty((int) (tick % BUCKETS), now);
    }
    current = Math.max(current, until);
    if (placed > 0) {
      schedule();
    } else {
      ticking = false;
    }
  }

  /// First takes all timers out, then looks at them: one that expires may set another of them.
  private void empty(int bucket, long now) {
    for (Timer timer = buckets[bucket]; timer != null; ) {
      Timer rest = timer.next;
      timer.next = null;
      timer.placed = false;
      placed--;
      due.add(timer);
      timer = rest;
    }
    buckets[bucket] = null;
    for (Timer timer : due) {
      if (timer.set && !timer.placed) {
        if (timer.deadline - now > 0) {
          place(timer);
        } else {
          timer.set = false;
          expire(timer);
        }
      }
    }
    due.clear();
  }

  /// What fails must not cost all others of this event loop their deadlines.
  private static void expire(Timer timer) {
    try {
      timer.expired.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "what was to be done at a deadline failed", e);
    }
  }
}

package dev.ebb.reconcile;

import dev.ebb.kinds.ObjectKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The keys that a controller must look at, each at most once, in the order of their arrival.
///
/// A key is in at most one of three states: *waiting* (until its time comes), *queued*,
/// *processing*. One that is added while it is processed is queued again when that ends, so no
/// change is missed and no key is processed twice at once. The same rules as client-go's workqueue:
/// many events for one object become one look at its newest state. The number of keys bounds all of
/// it.
///
/// Thread-safe.
public final class WorkQueue implements AutoCloseable {
  /// @param number of its arrival, so that two with one time are two
  private record Delayed(long dueNanos, long number, ObjectKey key) {
    static int compare(Delayed one, Delayed other) {
      int byTime = Long.signum(one.dueNanos - other.dueNanos); // nanoTime may pass its end
      return byTime != 0 ? byTime : Long.compare(one.number, other.number);
    }
  }

  private final LongSupplier nanoTime;
  private final Backoff backoff;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<ObjectKey> order = new ArrayDeque<>();
  private final Set<ObjectKey> queued = new HashSet<>();
  private final Set<ObjectKey> processing = new HashSet<>();
  private final Set<ObjectKey> again = new HashSet<>();
  private final Map<ObjectKey, Integer> failures = new HashMap<>();
  private final Map<ObjectKey, Delayed> waiting = new HashMap<>();
  private final NavigableSet<Delayed> schedule = new TreeSet<>(Delayed::compare);
  private long arrivals;
  private boolean closed;

  public WorkQueue(LongSupplier nanoTime, Backoff backoff) {
    this.nanoTime = nanoTime;
    this.backoff = backoff;
  }

  public WorkQueue() {
    this(System::nanoTime, Backoff.DEFAULT);
  }

  public void add(ObjectKey key) {
    lock.lock();
    try {
      enqueue(key);
    } finally {
      lock.unlock();
    }
  }

  /// Adds a key when the time is over. Of several times the earliest counts.
  public void addAfter(ObjectKey key, Duration delay) {
    lock.lock();
    try {
      long due = nanoTime.getAsLong() + delay.toNanos();
      Delayed present = waiting.get(key);
      if (closed || (present != null && present.dueNanos() - due <= 0)) {
        return;
      }
      Delayed delayed = new Delayed(due, arrivals++, key);
      if (present != null) {
        schedule.remove(present);
      }
      waiting.put(key, delayed);
      schedule.add(delayed);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Adds a key after the backoff for one more failure in a row.
  public void retry(ObjectKey key) {
    lock.lock();
    try {
      addAfter(key, backoff.delay(failures.merge(key, 1, Integer::sum)));
    } finally {
      lock.unlock();
    }
  }

  /// Ends the row of failures of a key.
  public void forget(ObjectKey key) {
    lock.lock();
    try {
      failures.remove(key);
    } finally {
      lock.unlock();
    }
  }

  /// The next key that may be processed now; [#done] must follow.
  public Optional<ObjectKey> poll() {
    lock.lock();
    try {
      return next();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a key; [#done] must follow.
  ///
  /// @return empty when the queue was closed
  public Optional<ObjectKey> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Optional<ObjectKey> key = next();
        if (key.isPresent() || closed) {
          return key;
        }
        Delayed first = first();
        if (first == null) {
          changed.await();
        } else {
          changed.await(first.dueNanos() - nanoTime.getAsLong(), TimeUnit.NANOSECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Ends the processing of a key.
  public void done(ObjectKey key) {
    lock.lock();
    try {
      processing.remove(key);
      if (again.remove(key)) {
        enqueue(key);
      }
    } finally {
      lock.unlock();
    }
  }

  /// How many keys wait for a worker now; for metrics.
  public int depth() {
    lock.lock();
    try {
      return order.size();
    } finally {
      lock.unlock();
    }
  }

  /// Drops what is queued and wakes everybody who waits in [#take].
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      order.clear();
      queued.clear();
      again.clear();
      waiting.clear();
      schedule.clear();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void enqueue(ObjectKey key) {
    if (closed) {
      return;
    }
    if (processing.contains(key)) {
      again.add(key);
    } else if (queued.add(key)) {
      order.addLast(key);
      changed.signal();
    }
  }

  private Optional<ObjectKey> next() {
    long now = nanoTime.getAsLong();
    for (Delayed first = first(); first != null && first.dueNanos() - now <= 0; first = first()) {
      schedule.pollFirst();
      waiting.remove(first.key());
      enqueue(first.key());
    }
    ObjectKey key = order.pollFirst();
    if (key == null) {
      return Optional.empty();
    }
    queued.remove(key);
    processing.add(key);
    return Optional.of(key);
  }

  private @Nullable Delayed first() {
    return schedule.isEmpty() ? null : schedule.first();
  }
}

package dev.ebb.eventing.embedded;

import dev.ebb.eventing.log.EventLogBusyException;
import dev.ebb.eventing.log.EventLogException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Operations on their way to the one writing thread. Thread-safe.
///
/// Group commit needs no timer: while one batch is synced the next one gathers here.
final class OpQueue {
  /// So long a lease waits for something to be written with. A process that is killed forgets as
  /// much of the attempts.
  private static final long LAZY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final long capacity;
  private final int batchBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private List<Op> pending = new ArrayList<>();
  private int firstTaken;
  private long weight;
  private int urgent;
  private boolean closed;

  /// @param capacity bytes that may wait; what is more is refused
  /// @param batchBytes of so many at most is a batch made, but for one operation that is larger
  OpQueue(long capacity, int batchBytes) {
    this.capacity = capacity;
    this.batchBytes = batchBytes;
  }

  /// Queues it, or refuses it when there is no room. Nobody waits for lazy ones, and they are small
  /// and as few as windows allow: they are always taken.
  void add(Op op) {
    EventLogException refusal = null;
    lock.lock();
    try {
      if (closed) {
        refusal = new EventLogException("the event log is closed");
      } else if (!op.isLazy() && weight > 0 && weight + op.weight() > capacity) {
        refusal = new EventLogBusyException(weight);
      } else {
        pending.add(op);
        weight += op.weight();
        if (!op.isLazy()) {
          urgent++;
        }
        if (urgent == 1 || pending.size() - firstTaken == 1) {
          changed.signal();
        }
      }
    } finally {
      lock.unlock();
    }
    if (refusal != null) {
      op.refuse(refusal);
    }
  }

  /// Takes the next batch, waiting for something.
  ///
  /// @return empty when the queue is closed and drained
  List<Op> take() {
    lock.lock();
    try {
      long lazy = LAZY_NANOS;
      while (urgent == 0 && !closed) {
        if (isEmpty()) {
          changed.awaitUninterruptibly();
          lazy = LAZY_NANOS;
        } else if (lazy <= 0) {
          break;
        } else {
          try {
            lazy = changed.awaitNanos(lazy);
          } catch (InterruptedException e) {
            // Only [#close] ends the writing thread.
            lazy = 0;
          }
        }
      }
      return drain();
    } finally {
      lock.unlock();
    }
  }

  /// Takes the next batch of what is there, lazy or not.
  List<Op> poll() {
    lock.lock();
    try {
      return drain();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return pending.size() - firstTaken;
    } finally {
      lock.unlock();
    }
  }

  private boolean isEmpty() {
    return pending.size() == firstTaken;
  }

  private List<Op> drain() {
    List<Op> batch = new ArrayList<>();
    long bytes = 0;
    int index = firstTaken;
    while (index < pending.size()) {
      Op op = pending.get(index);
      if (!batch.isEmpty() && bytes + op.weight() > batchBytes) {
        break;
      }
      batch.add(op);
      bytes += op.weight();
      if (!op.isLazy()) {
        urgent--;
      }
      index++;
    }
    weight -= bytes;
    if (index == pending.size()) {
      pending = new ArrayList<>();
      firstTaken = 0;
    } else {
      firstTaken = index;
    }
    return batch;
  }

  /// Refuses what comes from now on; what is queued is still taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

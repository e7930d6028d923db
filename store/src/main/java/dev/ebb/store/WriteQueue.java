package dev.ebb.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Writes on their way to the one writer. Thread-safe.
///
/// Interruption does not take a write back: who waits here waits for the disk, not for people.
final class WriteQueue {
  /// @param answer when the writer is done with it; gives the change or throws what went wrong
  record Pending(Write write, CompletableFuture<Supplier<Change>> answer) {}

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private List<Pending> pending = new ArrayList<>();
  private boolean closed;

  WriteQueue(int capacity) {
    this.capacity = capacity;
  }

  /// Queues a write, waiting for room.
  CompletableFuture<Supplier<Change>> add(Write write) {
    lock.lock();
    try {
      while (pending.size() >= capacity && !closed) {
        notFull.awaitUninterruptibly();
      }
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      Pending added = new Pending(write, new CompletableFuture<>());
      pending.add(added);
      notEmpty.signal();
      return added.answer();
    } finally {
      lock.unlock();
    }
  }

  /// Takes all that is there, waiting for something.
  ///
  /// @return empty when the queue is closed and drained
  List<Pending> take() {
    lock.lock();
    try {
      while (pending.isEmpty() && !closed) {
        notEmpty.awaitUninterruptibly();
      }
      List<Pending> taken = pending;
      pending = new ArrayList<>();
      notFull.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Refuses writes from now on; those that are queued are still taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

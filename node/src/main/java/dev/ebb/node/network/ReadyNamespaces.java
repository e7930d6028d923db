package dev.ebb.node.network;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Keeps network namespaces ready, once it is told to, and makes more while somebody waits for one.
/// A namespace is used once: what a program leaves in it (connections that linger, rules) never
/// meets another's. Thread-safe.
final class ReadyNamespaces implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ReadyNamespaces.class.getName());

  /// After the kernel refused one that nobody waits for: it is out of something.
  private static final long RETRY_SECONDS = 1;

  /// A start that waits for a namespace waits for the removal of so many at most.
  private static final int REMOVED_AT_ONCE = 64;

  private final NamespaceMaker maker;
  private final Remains remains;
  private final AddressPlan addresses;
  private final int size;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Integer> ready = new ArrayDeque<>();
  private final Deque<CompletableFuture<Integer>> waiting = new ArrayDeque<>();
  private final Deque<Integer> used = new ArrayDeque<>();
  private boolean filling;
  private boolean resting;
  private boolean busy;
  private boolean closed;

  ReadyNamespaces(
      NamespaceMaker maker, Remains remains, AddressPlan addresses, int size, String name) {
    this.maker = maker;
    this.remains = remains;
    this.addresses = addresses;
    this.size = size;
    thread = Thread.ofPlatform().daemon().name(name).start(this::work);
  }

  /// From now on namespaces are kept ready; also from the first [#take] on.
  void fill() {
    lock.lock();
    try {
      filling = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The index of a namespace's address. Waits only when none is ready.
  ///
  /// @throws NetworkUnavailableException when none can be made, or all addresses are in use
  int take() {
    CompletableFuture<Integer> made;
    lock.lock();
    try {
      if (closed) {
        throw new NetworkUnavailableException("the networks are closed");
      }
      filling = true;
      changed.signal();
      Integer index = ready.poll();
      if (index != null) {
        return index;
      }
      made = new CompletableFuture<>();
      waiting.add(made);
    } finally {
      lock.unlock();
    }
    try {
      return made.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof NetworkUnavailableException why) {
        throw why;
      }
      throw new NetworkUnavailableException("cannot make a network for an instance", e);
    }
  }

  /// The namespace of an ended instance is removed soon.
  void discard(int index) {
    lock.lock();
    try {
      used.add(index);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  int count() {
    lock.lock();
    try {
      return ready.size();
    } finally {
      lock.unlock();
    }
  }

  /// Waits until as many are ready as should be, and no used one is left.
  void awaitSettled() throws InterruptedException {
    lock.lock();
    try {
      while (!closed && (ready.size() < size || !used.isEmpty() || busy)) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private sealed interface Task {
    record Make(CompletableFuture<Integer> whose) implements Task {}

    record Refill() implements Task {}

    record Remove(List<Integer> indices) implements Task {}

    record End() implements Task {}
  }

  private void work() {
    while (true) {
      switch (next()) {
        case Task.Make(var whose) -> {
          try {
            whose.complete(make());
          } catch (RuntimeException e) {
            whose.completeExceptionally(e);
          }
        }
        case Task.Refill() -> refill();
        case Task.Remove(List<Integer> indices) -> remove(indices);
        case Task.End() -> {
          return;
        }
      }
    }
  }

  private Task next() {
    lock.lock();
    try {
      busy = false;
      while (true) {
        changed.signalAll();
        var task = choose();
        if (task != null) {
          busy = true;
          return task;
        }
        if (resting) {
          resting = changed.awaitNanos(TimeUnit.SECONDS.toNanos(RETRY_SECONDS)) > 0;
        } else {
          changed.await();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Task choose() {
    while (!waiting.isEmpty() && !ready.isEmpty()) {
      waiting.remove().complete(ready.remove());
    }
    // The address of one that is only to be removed yet would do.
    boolean frees = addresses.isFull() && !used.isEmpty();
    if (!waiting.isEmpty() && !frees) {
      return new Task.Make(waiting.remove());
    }
    if (closed) {
      used.addAll(ready);
      ready.clear();
    }
    if (!used.isEmpty()) {
      return new Task.Remove(someUsed());
    }
    if (closed) {
      return new Task.End();
    }
    boolean lacking = filling && ready.size() < size && !addresses.isFull();
    return lacking && !resting ? new Task.Refill() : null;
  }

  private List<Integer> someUsed() {
    var some = new ArrayList<Integer>();
    while (!used.isEmpty() && some.size() < REMOVED_AT_ONCE) {
      some.add(used.remove());
    }
    return some;
  }

  private int make() {
    int index = addresses.take();
    try {
      maker.make(index);
      return index;
    } catch (RuntimeException e) {
      addresses.give(index);
      throw e;
    }
  }

  private void refill() {
    try {
      int index = make();
      lock.lock();
      try {
        ready.add(index);
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "cannot keep a network ready", e);
      lock.lock();
      try {
        resting = true;
      } finally {
        lock.unlock();
      }
    }
  }

  private void remove(List<Integer> indices) {
    try {
      remains.remove(indices);
      indices.forEach(addresses::give);
    } catch (RuntimeException e) {
      // Their addresses stay taken; the next server of this data directory tries again.
      LOG.log(Level.WARNING, "cannot remove the networks of ended instances", e);
    }
  }

  /// Removes those that nobody uses; those in use stay.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

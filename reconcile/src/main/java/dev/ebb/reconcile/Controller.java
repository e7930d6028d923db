package dev.ebb.reconcile;

import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Runs one reconciler over the keys of one queue, with a fixed number of virtual threads.
public final class Controller implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Controller.class.getName());

  /// A reconcile is a few writes of a millisecond each; one that is still running after 5 s hangs.
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final String name;
  private final WorkQueue queue;
  private final Reconciler reconciler;
  private final int workers;
  private final List<Thread> threads = new ArrayList<>();

  /// @param name for logs and threads: `revision`
  public Controller(String name, WorkQueue queue, Reconciler reconciler, int workers) {
    this.name = name;
    this.queue = queue;
    this.reconciler = reconciler;
    this.workers = workers;
  }

  public WorkQueue queue() {
    return queue;
  }

  public void enqueue(ObjectKey key) {
    queue.add(key);
  }

  /// As [#enqueue], when the time is over: what comes for the same key until then is done with it.
  public void enqueueAfter(ObjectKey key, Duration delay) {
    queue.addAfter(key, delay);
  }

  public synchronized void start() {
    for (int i = 0; i < workers; i++) {
      threads.add(Thread.ofVirtual().name("controller-" + name + "-" + i).start(this::work));
    }
  }

  /// Reconciles the next key that is due, in the caller's thread.
  ///
  /// @return false when none was due
  public boolean runOnce() {
    Optional<ObjectKey> key = queue.poll();
    key.ifPresent(this::process);
    return key.isPresent();
  }

  /// Takes no more keys and waits for those that are being reconciled.
  @Override
  public synchronized void close() {
    queue.close();
    try {
      for (Thread thread : threads) {
        if (!thread.join(CLOSE_TIMEOUT)) {
          LOG.log(Level.WARNING, "{0} does not end; interrupting it", thread.getName());
          thread.interrupt();
        }
      }
    } catch (InterruptedException interrupted) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
    threads.clear();
  }

  private void work() {
    try {
      for (Optional<ObjectKey> key = queue.take(); key.isPresent(); key = queue.take()) {
        process(key.get());
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void process(ObjectKey key) {
    try {
      switch (reconciler.reconcile(key)) {
        case Result.Done() -> queue.forget(key);
        case Result.RequeueAfter(Duration delay) -> {
          queue.forget(key);
          queue.addAfter(key, delay);
        }
      }
    } catch (ApiException refused) {
      // A cache that is a moment behind leads to these; the next attempt sees what happened.
      boolean stale = refused.isConflict() || refused.isNotFound();
      Level level = stale ? Level.DEBUG : Level.WARNING;
      LOG.log(level, () -> "controller " + name + ": " + key + ": " + refused.getMessage());
      queue.retry(key);
    } catch (RuntimeException | Error failure) {
      LOG.log(Level.ERROR, () -> "controller " + name + ": " + key, failure);
      queue.retry(key);
    } finally {
      queue.done(key);
    }
  }
}

package dev.ebb.resources.local;

import dev.ebb.store.Change;
import dev.ebb.store.CompactedException;
import dev.ebb.store.Entry;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import dev.ebb.store.Watch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Follows everything in the store on one virtual thread, and works on the keys that it points to.
///
/// Level-triggered: a change only says which keys deserve a look; the worker decides from the
/// newest state, and may be asked again at any time. A key whose work fails is tried again.
final class StoreFollower implements AutoCloseable {
  /// All methods are called by the one thread.
  interface Listener {
    /// A new listing begins; what was known before is void.
    void restart();

    /// @return the keys that this entry of the listing makes worth a look
    Set<String> present(Entry entry);

    /// @return the keys that this change makes worth a look
    Set<String> changed(Change change);

    /// Looks at a key, and does what there is to do.
    void work(String key);
  }

  private static final Logger LOG = System.getLogger(StoreFollower.class.getName());

  /// Long enough not to be a load, short enough not to be noticed behind a failed write.
  private static final Duration RETRY = Duration.ofMillis(250);

  private static final Duration IDLE = Duration.ofMinutes(1);

  /// How many changes are read before the work that they brought is done.
  private static final int BATCH = 500;

  private final Store store;
  private final Listener listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  // Of the thread.
  private final Set<String> failed = new HashSet<>();
  private long failedAt;

  /// Starts at once.
  StoreFollower(String name, Store store, Listener listener) {
    this.store = store;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name(name).start(this::run);
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOpen() {
    return closed.getCount() > 0;
  }

  private void run() {
    while (isOpen()) {
      try {
        follow();
      } catch (CompactedException e) {
        LOG.log(Level.DEBUG, "fell behind the history of the store, lists again", e);
      } catch (InterruptedException e) {
        return; // only close() interrupts
      } catch (RuntimeException e) {
        if (!isOpen()) {
          return;
        }
        LOG.log(Level.WARNING, "begins again after a failure", e);
        if (await(RETRY)) {
          return;
        }
      }
    }
  }

  private void follow() throws InterruptedException {
    listener.restart();
    failed.clear();
    Set<String> keys = new LinkedHashSet<>();
    Page page = store.list("", "", 0, 0);
    page.entries().forEach(entry -> keys.addAll(listener.present(entry)));
    try (Watch watch = store.watch("", page.revision())) {
      while (isOpen()) {
        work(keys);
        keys.clear();
        Optional<Change> change = watch.next(failed.isEmpty() ? IDLE : RETRY);
        if (change.isEmpty() || System.nanoTime() - failedAt > RETRY.toNanos()) {
          keys.addAll(failed);
          failed.clear();
        }
        for (int i = 0; change.isPresent(); i++) {
          keys.addAll(listener.changed(change.get()));
          change = i < BATCH ? watch.next(Duration.ZERO) : Optional.empty();
        }
      }
    }
  }

  private void work(Set<String> keys) {
    for (String key : List.copyOf(keys)) {
      if (!isOpen()) {
        return;
      }
      try {
        listener.work(key);
      } catch (RuntimeException e) {
        LOG.log(Level.DEBUG, () -> "will look at " + key + " again", e);
        failedAt = System.nanoTime();
        failed.add(key);
      }
    }
  }

  private boolean await(Duration time) {
    try {
      return closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }
}

package dev.ebb.node;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets only so many tasks run at one time, and shares that number fairly: those who have tasks
/// waiting take turns (J. Nagle, "On Packet Switches with Infinite Storage", RFC 970), and whoever
/// has none running need not wait for those who have many. So a revision that starts a hundred
/// instances does not delay the one instance of another.
///
/// Thread-safe; never blocks.
final class FairShares {
  private final int most;
  private final Executor executor;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Share> shares = new HashMap<>();

  /// Each with waiting tasks once, in the order of their turns.
  private final ArrayDeque<Share> turns = new ArrayDeque<>();

  private int running;

  private static final class Share {
    final Object owner;
    final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    int running;

    Share(Object owner) {
      this.owner = owner;
    }
  }

  /// @param most tasks at one time, at least 1; twice as many when each of the further ones is the
  ///   only one of its owner
  /// @param executor runs each task that it gets at once, beside the caller
  FairShares(int most, Executor executor) {
    this.most = most;
    this.executor = executor;
  }

  /// Runs the task now or later. It must not throw.
  void execute(Object owner, Runnable task) {
    lock.lock();
    try {
      Share share = shares.computeIfAbsent(owner, Share::new);
      boolean atOnce = running < most || (share.running == 0 && running < 2 * most);
      if (!atOnce) {
        if (share.waiting.isEmpty()) {
          turns.add(share);
        }
        share.waiting.add(task);
        return;
      }
      begin(share);
      run(share, task);
    } finally {
      lock.unlock();
    }
  }

  private void begin(Share share) {
    share.running++;
    running++;
  }

  private void run(Share share, Runnable task) {
    executor.execute(() -> {
      try {
        task.run();
      } finally {
        over(share);
      }
    });
  }

  private void over(Share share) {
    lock.lock();
    try {
      share.running--;
      running--;
      Share next = running < most ? next() : null;
      if (next != null) {
        Runnable task = next.waiting.removeFirst();
        if (!next.waiting.isEmpty()) {
          turns.add(next);
        }
        begin(next);
        run(next, task);
      }
      if (share.running == 0 && share.waiting.isEmpty()) {
        shares.remove(share.owner);
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Share next() {
    return turns.poll();
  }
}

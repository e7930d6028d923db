package dev.ebb.apiserver;

import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Lets another thread end a wait, and nothing but the wait: an interrupt that came later, in a
/// write to the client, would cut the connection in the middle of a response.
final class InterruptibleWait {
  private final Lock lock = new ReentrantLock();
  private @Nullable Thread waiting;
  private boolean ended;

  @FunctionalInterface
  interface Wait<T> {
    Optional<T> call() throws InterruptedException;
  }

  /// What the wait gives, or empty when it was ended; then at once each time.
  <T> Optional<T> call(Wait<T> wait) {
    lock.lock();
    try {
      if (ended) {
        return Optional.empty();
      }
      waiting = Thread.currentThread();
    } finally {
      lock.unlock();
    }
    try {
      return wait.call();
    } catch (InterruptedException e) {
      // Either by end(), or by the listener that closes; both mean the end of this wait.
      end();
      return Optional.empty();
    } finally {
      leave();
    }
  }

  /// Any thread.
  void end() {
    lock.lock();
    try {
      ended = true;
      if (waiting != null) {
        waiting.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      waiting = null;
      if (ended) {
        // The interrupt may have come too late for the wait.
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }
}

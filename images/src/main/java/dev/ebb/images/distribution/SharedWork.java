package dev.ebb.images.distribution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work that several callers want at once and that is done once. It has a thread of its own, so
/// that it goes on when the caller who began it is interrupted and others still wait; when none
/// does, it is interrupted too.
final class SharedWork implements AutoCloseable {
  /// The work; it tells progress to whoever waits.
  interface Work {
    void run(PullListener listener) throws InterruptedException;
  }

  private final class Flight {
    final List<PullListener> listeners = new CopyOnWriteArrayList<>();
    final FutureTask<Boolean> task;
    final Thread thread;
    int waiting = 1;

    Flight(String key, Work work) {
      task =
          new FutureTask<>(() -> {
            try {
              work.run(this::tell);
              return true;
            } finally {
              remove(key, this);
            }
          });
      thread = Thread.ofVirtual().name("pull-" + key).unstarted(task);
    }

    private void tell(String digest, long done, long size) {
      listeners.forEach(it -> it.progress(digest, done, size));
    }
  }

  private final Map<String, Flight> flights = new HashMap<>();
  private boolean closed;

  /// Returns when the work of that key is done, by whomever. When another's fails, it is tried once
  /// more as one's own, which may go to another registry with other credentials.
  ///
  /// @throws RuntimeException that the work threw
  void run(String key, Work work, PullListener listener) throws InterruptedException {
    while (true) {
      Flight flight;
      boolean own;
      synchronized (this) {
        if (closed) {
          throw new InterruptedException();
        }
        var running = flights.get(key);
        own = running == null;
        flight = running == null ? begin(key, work) : running;
        if (!own) {
          flight.waiting++;
        }
        flight.listeners.add(listener);
      }
      try {
        flight.task.get();
        return;
      } catch (ExecutionException e) {
        if (own) {
          rethrow(Objects.requireNonNullElse(e.getCause(), e));
        }
      } catch (InterruptedException e) {
        leave(flight);
        throw e;
      } finally {
        flight.listeners.remove(listener);
      }
    }
  }

  @Override
  public void close() {
    List<Thread> threads;
    synchronized (this) {
      closed = true;
      threads = flights.values().stream().map(it -> it.thread).toList();
    }
    threads.forEach(Thread::interrupt);
    try {
      for (var thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Flight begin(String key, Work work) {
    var flight = new Flight(key, work);
    flights.put(key, flight);
    flight.thread.start();
    return flight;
  }

  private synchronized void leave(Flight flight) {
    if (--flight.waiting == 0) {
      flight.thread.interrupt();
    }
  }

  private synchronized void remove(String key, Flight flight) {
    flights.remove(key, flight);
  }

  private static void rethrow(Throwable cause) throws InterruptedException {
    switch (cause) {
      case InterruptedException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(cause);
    }
  }
}

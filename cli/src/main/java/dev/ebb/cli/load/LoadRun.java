package dev.ebb.cli.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Load on one server, by connections that each send the next request when the answer to the last
/// one is over (a closed loop), or at a fixed rate.
///
/// **Latency.** In a closed loop from sending a request to the end of its answer. At a fixed rate
/// from the moment at which the request was due, not from when it could be sent: a stall counts for
/// all requests that it held up (G. Tene, "How NOT to Measure Latency", 2013).
///
/// **Connections** that break are opened anew. The one request that was lost is an error and is not
/// sent again: hiding errors is for proxies. A connection that had nothing to do for longer than
/// servers keep one is not used again, for then its end would be no error.
///
/// Thread-safe; `start` is called once.
public final class LoadRun {
  /// Apache's default `KeepAliveTimeout` is 5 s, which is the shortest that is common.
  private static final long KEPT_NANOS = 4_000_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  /// So that a server that does not listen is asked ten times a second by each connection.
  private static final long PAUSE_NANOS = 100_000_000L;

  private final LoadPlan plan;
  private final LatencyRecorder latencies = new LatencyRecorder();
  private final ConcurrentMap<Integer, LongAdder> answers = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger unfinished = new AtomicInteger();
  private final Set<LoadConnection> open = ConcurrentHashMap.newKeySet();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch clients;
  private volatile boolean aborted;
  private volatile long start;
  private volatile long end;
  private volatile long finishedAt;

  public LoadRun(LoadPlan plan) {
    this.plan = plan;
    this.clients = new CountDownLatch(plan.connections());
  }

  public void start() {
    start = System.nanoTime();
    end = start + plan.duration().toNanos();
    for (int client = 0; client < plan.connections(); client++) {
      Thread.ofVirtual().name("load-", client).start(new Client(client));
    }
  }

  /// Waits until the time is over and all answers are there, but not longer than so.
  ///
  /// @return whether it is so far
  public boolean awaitEnd(long nanos) throws InterruptedException {
    return clients.await(nanos, TimeUnit.NANOSECONDS);
  }

  /// Ends now; requests in flight are given up and counted as unfinished.
  public void abort() {
    aborted = true;
    stopping.countDown();
    for (LoadConnection connection : open) {
      close(connection);
    }
  }

  /// Requests that were given up.
  public int unfinished() {
    return unfinished.get();
  }

  /// What was measured from the start to now, or to the end of the load.
  public LoadSample sample() {
    // Counts that come in between are in the next sample.
    Latencies measured = latencies.now();
    SortedMap<Integer, Long> byStatus = new TreeMap<>();
    answers.forEach((status, count) -> byStatus.put(status, count.sum()));
    SortedMap<String, Long> byReason = new TreeMap<>();
    failures.forEach((reason, count) -> byReason.put(reason, count.sum()));
    return new LoadSample(
        (clients.getCount() == 0 ? finishedAt : System.nanoTime()) - start,
        measured,
        byStatus,
        byReason,
        inFlight.get());
  }

  /// One connection after the other, and the requests on them; belongs to one thread.
  private final class Client implements Runnable {
    private final int number;
    private Optional<LoadConnection> kept = Optional.empty();
    private boolean refused;

    Client(int number) {
      this.number = number;
    }

    @Override
    public void run() {
      long interval = interval();
      long due = start + interval * number / plan.connections();
      long idleSince = start;
      try {
        while (pauseUntil(due)) {
          long now = System.nanoTime();
          if (now - idleSince > KEPT_NANOS) {
            drop();
          }
          exchange(interval > 0 ? due : now);
          idleSince = System.nanoTime();
          due = interval > 0 ? due + interval : idleSince + (refused ? PAUSE_NANOS : 0);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        drop();
        finishedAt = System.nanoTime();
        clients.countDown();
      }
    }

    private void exchange(long began) {
      inFlight.incrementAndGet();
      try {
        LoadConnection connection = kept.isPresent() ? kept.get() : connect();
        int status = connection.exchange();
        latencies.record(System.nanoTime() - began);
        answers.computeIfAbsent(status, _ -> new LongAdder()).increment();
        if (!connection.reusable()) {
          drop();
        }
      } catch (IOException e) {
        if (aborted) {
          unfinished.incrementAndGet();
        } else {
          failures.computeIfAbsent(reason(e), _ -> new LongAdder()).increment();
        }
        drop();
      } finally {
        inFlight.decrementAndGet();
      }
    }

    private LoadConnection connect() throws IOException {
      refused = true;
      LoadConnection connection = LoadConnection.open(plan);
      refused = false;
      kept = Optional.of(connection);
      open.add(connection);
      if (aborted) {
        close(connection); // nobody else will
      }
      return connection;
    }

    private void drop() {
      kept.ifPresent(connection -> {
        open.remove(connection);
        close(connection);
      });
      kept = Optional.empty();
    }
  }

  /// Between two requests of one connection; 0 in a closed loop.
  private long interval() {
    return plan.perSecond() > 0
        ? (long) (NANOS_PER_SECOND * plan.connections() / plan.perSecond())
        : 0;
  }

  /// @return whether there is a further request to be sent
  private boolean pauseUntil(long due) throws InterruptedException {
    long until = Math.min(due, end);
    for (long wait = until - System.nanoTime(); wait > 0; wait = until - System.nanoTime()) {
      if (stopping.await(wait, TimeUnit.NANOSECONDS)) {
        return false;
      }
    }
    return due < end && System.nanoTime() < end && stopping.getCount() > 0;
  }

  private static void close(LoadConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // It is of no use any more, whatever its end was.
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case ConnectException _ -> "connection refused";
      case SocketTimeoutException _ -> "no connection within 10 s";
      case EOFException _ -> "connection closed before the answer was over";
      default -> String.valueOf(failure.getMessage());
    };
  }
}

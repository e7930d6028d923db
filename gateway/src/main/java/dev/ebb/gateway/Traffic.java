package dev.ebb.gateway;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.RevisionTraffic;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// Counters of one revision, or of everything else. They are made for the first request: a revision
/// that nobody called has none, and looks like one with zeros. Thread-safe.
final class Traffic {
  static final int CLASSES = 6;

  private static final int SERVER_ERROR = 5;

  private static final class Counters {
    final LongAdder[] byClass = new LongAdder[CLASSES];
    final Histogram duration = new Histogram();
    final Histogram queued = new Histogram();

    Counters() {
      Arrays.setAll(byClass, i -> new LongAdder());
    }
  }

  /// Nothing is counted here.
  private static final Counters NONE = new Counters();

  private volatile Counters counters = NONE;

  /// How many requests ended so.
  ///
  /// @param codeClass the first digit of their status; 0 when the client left before there was one
  long requests(int codeClass) {
    return counters.byClass[codeClass].sum();
  }

  MetricFamily.Value.Histogram duration() {
    return counters.duration.value();
  }

  /// The wait of requests that found no instance free.
  MetricFamily.Value.Histogram queued() {
    return counters.queued.value();
  }

  RevisionTraffic with(RevisionStats now) {
    Counters present = counters;
    long requests = 0;
    for (LongAdder one : present.byClass) {
      requests += one.sum();
    }
    return new RevisionTraffic(
        now.inFlight(),
        now.waiting(),
        now.readyInstances(),
        requests,
        present.byClass[SERVER_ERROR].sum(),
        present.duration.value());
  }

  void record(ClientRequest request, long nowNanos) {
    Counters present = counters;
    if (present == NONE) {
      present = first();
    }
    present.byClass[Math.clamp(request.status / 100, 0, CLASSES - 1)].increment();
    present.duration.record(nowNanos - request.arrivedAt);
    if (request.waited) {
      present.queued.record(request.queuedNanos);
    }
  }

  private synchronized Counters first() {
    if (counters == NONE) {
      counters = new Counters();
    }
    return counters;
  }
}

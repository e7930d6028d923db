package dev.ebb.gateway;

import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.RevisionTraffic;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// Counters of one revision, or of everything else. Thread-safe.
final class Traffic {
  static final int CLASSES = 6;

  private static final int SERVER_ERROR = 5;

  /// Requests by the first digit of their status; 0 when the client left before there was one.
  final LongAdder[] byClass = new LongAdder[CLASSES];

  final Histogram duration = new Histogram();

  /// The wait of requests that found no instance free.
  final Histogram queued = new Histogram();

  Traffic() {
    Arrays.setAll(byClass, i -> new LongAdder());
  }

  RevisionTraffic with(RevisionStats now) {
    long requests = 0;
    for (LongAdder one : byClass) {
      requests += one.sum();
    }
    return new RevisionTraffic(
        now.inFlight(),
        now.waiting(),
        now.readyInstances(),
        requests,
        byClass[SERVER_ERROR].sum(),
        duration.value());
  }

  void record(ClientRequest request, long nowNanos) {
    byClass[Math.clamp(request.status / 100, 0, CLASSES - 1)].increment();
    duration.record(nowNanos - request.arrivedAt);
    if (request.waited) {
      queued.record(request.queuedNanos);
    }
  }
}

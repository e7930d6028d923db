package dev.ebb.gateway;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.RevisionStats;
import dev.ebb.dataplane.RevisionTraffic;
import java.util.Map;

/// Counters of one revision, or of everything else. They are made for the first request: a revision
/// that nobody called has none, and looks like one with zeros. Thread-safe.
final class Traffic {
  private static final class Counters {
    final StatusCounts requests = new StatusCounts();
    final Histogram duration = new Histogram();
    final Histogram queued = new Histogram();
  }

  /// Nothing is counted here.
  private static final Counters NONE = new Counters();

  private volatile Counters counters = NONE;

  /// How many requests ended so, by their status; 0 when the client left before there was one.
  Map<Integer, Long> requests() {
    return counters.requests.read();
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
    return new RevisionTraffic(
        now.inFlight(),
        now.waiting(),
        now.readyInstances(),
        present.requests.read(),
        present.duration.value());
  }

  void record(ClientRequest request, long nowNanos) {
    Counters present = counters;
    if (present == NONE) {
      present = first();
    }
    present.requests.increment(request.status);
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

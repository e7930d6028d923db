package dev.ebb.dataplane;

import java.util.Map;

/// What a gateway has at hand of a revision, and what it has counted since it began.
///
/// @param inFlight requests at instances
/// @param waiting requests in the queue
/// @param readyInstances that requests go to
/// @param byStatus requests that are over, by their status; 0 where the client left before there
///   was one
/// @param durations in seconds, from a request's arrival to the end of its response
public record RevisionTraffic(
    int inFlight,
    int waiting,
    int readyInstances,
    Map<Integer, Long> byStatus,
    MetricFamily.Value.Histogram durations) {
  private static final int SERVER_ERROR = 500;

  public RevisionTraffic {
    byStatus = Map.copyOf(byStatus);
  }

  /// Requests that are over, whatever became of them.
  public long requests() {
    return byStatus.values().stream().mapToLong(count -> count).sum();
  }

  /// Requests that ended with a status of 500 or more.
  public long serverErrors() {
    return byStatus.entrySet().stream()
        .filter(one -> one.getKey() >= SERVER_ERROR)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}

package dev.ebb.dataplane;

/// What a gateway has at hand of a revision, and what it has counted since it began.
///
/// @param inFlight requests at instances
/// @param waiting requests in the queue
/// @param readyInstances that requests go to
/// @param requests that are over, whatever became of them
/// @param serverErrors those of them with a status of 500 or more
/// @param durations in seconds, from a request's arrival to the end of its response
public record RevisionTraffic(
    int inFlight,
    int waiting,
    int readyInstances,
    long requests,
    long serverErrors,
    MetricFamily.Value.Histogram durations) {}

package dev.ebb.dataplane;

/// What a gateway saw of a revision since it was asked last.
///
/// @param averageConcurrency requests at the gateway, waiting ones included, weighted by time
/// @param requestCount requests that arrived
/// @param waiting now in the queue
/// @param inFlight now at instances
/// @param readyInstances now known to the gateway
public record RevisionStats(
    double averageConcurrency, long requestCount, int waiting, int inFlight, int readyInstances) {}

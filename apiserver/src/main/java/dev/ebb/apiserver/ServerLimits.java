package dev.ebb.apiserver;

import java.time.Duration;

/// What one client, or a slow one, may cost.
///
/// @param bodyBytes the largest body of a request
/// @param headerBytes the largest head of a request
/// @param connections at the same time, for each listener; more wait to be accepted
/// @param requestTime in which the head and the body of a request must have arrived
/// @param idleTime after which a connection without a request is closed
/// @param sweepPeriod how often the two times are looked after
/// @param drainTime for which more of a request that was refused is read and thrown away, so that
///   its client reads the answer and not a reset
/// @param closeTime in which requests may end when the server closes
/// @param upgrades connections that are taken over at the same time: port-forward, exec
/// @param streamIdleTime after which one of those without any byte is closed
public record ServerLimits(
    int bodyBytes,
    int headerBytes,
    int connections,
    Duration requestTime,
    Duration idleTime,
    Duration sweepPeriod,
    Duration drainTime,
    Duration closeTime,
    int upgrades,
    Duration streamIdleTime) {
  /// Bodies as large as Kubernetes allows (3 MiB), heads well above the longest token. A connection
  /// with an open watch holds 44 KB, so this many take at most a third of the heap. Streams idle as
  /// long as a kubelet lets them.
  public static final ServerLimits DEFAULT =
      new ServerLimits(
          3 << 20,
          64 << 10,
          4096,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          256,
          Duration.ofHours(4));
}

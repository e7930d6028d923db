package dev.ebb.node.pods;

import java.time.Duration;

/// How long an ended container waits before it is started again: the first time not at all, then 10
/// s, 20 s, ... 5 min; after ten minutes without an end it begins anew (the kubelet's rule). Not
/// thread-safe.
final class CrashBackoff {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration HEALTHY = Duration.ofMinutes(10);

  private int ends;

  /// @param ran how long the run took that has ended
  Duration ended(Duration ran) {
    if (ran.compareTo(HEALTHY) >= 0) {
      ends = 0;
    }
    ends++;
    if (ends == 1) {
      return Duration.ZERO;
    }
    Duration delay = FIRST.multipliedBy(1L << Math.min(ends - 2, 10));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}

package dev.ebb.node;

import java.time.Duration;

/// How long a revision waits after a failed instance: 1 s, 2 s, 4 s, ... 60 s. The first crash of
/// an instance that had been ready costs no wait, and one that had been ready for ten seconds
/// proves that the revision works: counting starts again. Not thread-safe.
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration HEALTHY = Duration.ofSeconds(10);

  private int failures;

  /// An instance failed, or could not be created, without ever being ready.
  Duration failedToStart() {
    failures++;
    return delay(failures);
  }

  Duration crashed(Duration ready) {
    if (ready.compareTo(HEALTHY) >= 0) {
      failures = 0;
    }
    failures++;
    return delay(failures - 1);
  }

  void reset() {
    failures = 0;
  }

  private static Duration delay(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    var delay = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
    return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
  }
}

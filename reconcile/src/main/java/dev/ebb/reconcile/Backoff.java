package dev.ebb.reconcile;

import java.time.Duration;

/// How long to wait after the n-th failure in a row: it doubles from a first delay up to a limit.
public record Backoff(Duration first, Duration limit) {
  /// 5 ms suits a conflict with another writer, which is over at once; 30 s is as long as a person
  /// who repaired the cause should have to wait.
  public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(5), Duration.ofSeconds(30));

  /// Twice a millisecond 30 times is two weeks: no limit is above it, and no product overflows.
  private static final int MOST_DOUBLINGS = 30;

  /// @param failures how often it failed in a row, at least 1
  public Duration delay(int failures) {
    Duration delay = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return delay.compareTo(limit) < 0 ? delay : limit;
  }
}

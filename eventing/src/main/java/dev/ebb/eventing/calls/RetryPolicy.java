package dev.ebb.eventing.calls;

import java.time.Duration;
import java.util.Set;

/// When a call that failed is made again.
///
/// @param attempts how often it is made at most, the first time included; 1 and up
/// @param codes status codes of a function after which it is made again
/// @param minWait before the second attempt; it doubles from attempt to attempt
/// @param maxWait between two attempts, but for what a function asks by `Retry-After`
public record RetryPolicy(int attempts, Set<Integer> codes, Duration minWait, Duration maxWait) {
  /// As OpenFaaS's queue worker has it without annotations.
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(
          10, Set.of(408, 429, 500, 502, 504), Duration.ofSeconds(10), Duration.ofSeconds(120));

  /// No function may put its calls off for longer.
  private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

  public RetryPolicy {
    codes = Set.copyOf(codes);
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts must be 1 or more, not " + attempts);
    }
    if (minWait.isNegative() || maxWait.compareTo(minWait) < 0) {
      throw new IllegalArgumentException(
          "waits must not be negative and the most not below the least: %s, %s"
              .formatted(minWait, maxWait));
    }
  }

  /// @param attempt which failed, 1 and up
  public Duration delay(int attempt) {
    Duration delay = minWait;
    for (int i = 1; i < attempt && delay.compareTo(maxWait) < 0 && !delay.isZero(); i++) {
      delay = delay.multipliedBy(2);
    }
    return delay.compareTo(maxWait) < 0 ? delay : maxWait;
  }

  /// What a function asks for, if that is not sooner than allowed.
  Duration delay(Duration retryAfter) {
    Duration asked = retryAfter.compareTo(minWait) < 0 ? minWait : retryAfter;
    return asked.compareTo(MAX_RETRY_AFTER) < 0 ? asked : MAX_RETRY_AFTER;
  }
}

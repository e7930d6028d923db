package dev.ebb.images.distribution;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// How often and when to try again what a registry failed to do.
///
/// @param attempts the first one included
/// @param first pause after the first attempt; each one after it is twice as long
/// @param longest pause that a registry may ask for (`Retry-After`); a longer one is a failure
record RetryPolicy(int attempts, Duration first, Duration longest, RandomGenerator random) {
  /// Gives up within two seconds, so that a condition can tell; the node tries again later.
  static final RetryPolicy DEFAULT =
      new RetryPolicy(
          4,
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          () -> ThreadLocalRandom.current().nextLong());

  /// @param attempt that failed, from 1
  /// @param asked what the registry asked for
  /// @return empty to give up
  Optional<Duration> pauseAfter(int attempt, Optional<Duration> asked) {
    if (attempt >= attempts || asked.filter(it -> it.compareTo(longest) > 0).isPresent()) {
      return Optional.empty();
    }
    long most = first.toNanos() << Math.min(attempt - 1, 16);
    // Half of it by chance, so that many who failed at once do not come back at once.
    var own = Duration.ofNanos(most / 2 + random.nextLong(most / 2 + 1));
    return Optional.of(asked.filter(it -> it.compareTo(own) > 0).orElse(own));
  }
}

package dev.ebb.gateway;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/// Deadlines that something has to be done before, on machines of any speed: a test that takes much
/// time for each is slow everywhere, and one that takes little fails where there is other work.
final class Haste {
  private static final List<Duration> TIMES =
      List.of(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofSeconds(20));

  private Haste() {}

  /// What is done with the time that is the deadline.
  interface Attempt<T> {
    T in(Duration time) throws Exception;
  }

  /// The result with the first time that was long enough for this machine, or with the longest.
  ///
  /// @param inTime whether what has to happen before the deadline did; never about what happens
  ///   after it
  static <T> T longEnough(Predicate<T> inTime, Attempt<T> attempt) {
    try {
      for (Duration time : TIMES) {
        T result = attempt.in(time);
        if (inTime.test(result) || time.equals(TIMES.getLast())) {
          return result;
        }
      }
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
    throw new AssertionError("there is a last one");
  }
}

package dev.ebb.eventing.calls;

import dev.ebb.eventing.log.Payload;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/// Makes one attempt to tell somebody of a call. Thread-safe.
final class CallbackDelivery {
  /// Soon at first, for most receivers are only being restarted; for a quarter of an hour
  /// altogether.
  private static final RetryPolicy POLICY =
      new RetryPolicy(
          18,
          Set.of(408, 425, 429, 500, 502, 503, 504),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1));

  private final CallSender sender;
  private final InstantSource clock;

  CallbackDelivery(CallSender sender, InstantSource clock) {
    this.sender = sender;
    this.clock = clock;
  }

  Outcome deliver(Callback callback, int attempt, Payload body) throws InterruptedException {
    try (CallSender.Answer answer = sender.callBack(callback.url(), callback.headers(), body)) {
      int status = answer.status();
      if (status < 400) {
        // What is said to it nobody reads: a receiver could go on for ever.
        return new Outcome.Done();
      }
      String error = "the callback was answered " + status;
      return POLICY.codes().contains(status)
          ? again(
              attempt,
              status,
              error,
              answer.header("retry-after").flatMap(it -> Headers.wait(it, clock.instant())))
          : dead(attempt, status, error);
    } catch (IOException e) {
      return again(attempt, 0, "the callback broke: " + e.getMessage(), Optional.empty());
    } catch (CallRefusedException e) {
      return dead(attempt, 0, String.valueOf(e.getMessage()));
    }
  }

  private Outcome again(int attempt, int status, String error, Optional<Duration> retryAfter) {
    if (attempt >= POLICY.attempts()) {
      return dead(attempt, status, error);
    }
    return new Outcome.Again(
        retryAfter.map(POLICY::delay).orElseGet(() -> POLICY.delay(attempt)), status, error);
  }

  private Outcome dead(int attempt, int status, String error) {
    return new Outcome.Dead(new Death(error, status, attempt, clock.instant()));
  }
}

package dev.ebb.eventing.calls;

import java.time.Duration;

/// What may be in hands and in the queues.
///
/// @param maxBodyBytes of a call
/// @param queueCalls made at once from one queue, beside one for each of its functions
/// @param functionCalls made of one function at once, when it can take so many
/// @param maxCalls made at once altogether
/// @param queuedCalls of one function in one queue; more are refused
/// @param queuedBytes of them
/// @param deadLetters kept of one function; older ones go
/// @param deadAge how long a dead letter is kept
/// @param maxHops how many callbacks may lead from one call to the next
public record CallsConfig(
    long maxBodyBytes,
    int queueCalls,
    int functionCalls,
    int maxCalls,
    long queuedCalls,
    long queuedBytes,
    long deadLetters,
    Duration deadAge,
    int maxHops) {
  public static CallsConfig defaults() {
    return new CallsConfig(
        128L << 20, 128, 64, 1_000, 2_000_000, 16L << 30, 10_000, Duration.ofDays(14), 8);
  }

  public CallsConfig withMaxBodyBytes(long bytes) {
    return new CallsConfig(
        bytes,
        queueCalls,
        functionCalls,
        maxCalls,
        queuedCalls,
        queuedBytes,
        deadLetters,
        deadAge,
        maxHops);
  }

  /// @param queue at once from one queue, beside one for each of its functions
  /// @param function of one function at once
  public CallsConfig withCalls(int queue, int function) {
    return new CallsConfig(
        maxBodyBytes,
        queue,
        function,
        maxCalls,
        queuedCalls,
        queuedBytes,
        deadLetters,
        deadAge,
        maxHops);
  }

  public CallsConfig withQueuedCalls(long calls) {
    return new CallsConfig(
        maxBodyBytes,
        queueCalls,
        functionCalls,
        maxCalls,
        calls,
        queuedBytes,
        deadLetters,
        deadAge,
        maxHops);
  }

  public CallsConfig withQueuedBytes(long bytes) {
    return new CallsConfig(
        maxBodyBytes,
        queueCalls,
        functionCalls,
        maxCalls,
        queuedCalls,
        bytes,
        deadLetters,
        deadAge,
        maxHops);
  }

  /// @param letters kept of one function
  /// @param age that they may have
  public CallsConfig withDead(long letters, Duration age) {
    return new CallsConfig(
        maxBodyBytes,
        queueCalls,
        functionCalls,
        maxCalls,
        queuedCalls,
        queuedBytes,
        letters,
        age,
        maxHops);
  }
}

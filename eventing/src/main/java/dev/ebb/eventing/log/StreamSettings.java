package dev.ebb.eventing.log;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// How long a stream keeps its events.
///
/// @param untilAcknowledged an event goes when all cursors have acknowledged it; all wait as long
///   as there is no cursor
/// @param maxAge an event goes when it is this old, acknowledged or not; positive
/// @param maxBytes of attributes and payloads together; positive
/// @param maxEvents positive
/// @param refuseWhenFull at `maxBytes` or `maxEvents`: appending is refused with
///   [StreamFullException]. Otherwise the oldest go. What counts is what is kept: when events go by
///   acknowledgement, those that some cursor has not acknowledged
public record StreamSettings(
    boolean untilAcknowledged,
    Optional<Duration> maxAge,
    OptionalLong maxBytes,
    OptionalLong maxEvents,
    boolean refuseWhenFull) {

  public StreamSettings {
    maxAge.ifPresent(age -> {
      if (age.toMillis() < 1) {
        throw new IllegalArgumentException("maxAge must be at least 1 ms, not " + age);
      }
    });
    requirePositive("maxBytes", maxBytes);
    requirePositive("maxEvents", maxEvents);
  }

  private static void requirePositive(String name, OptionalLong value) {
    if (value.isPresent() && value.getAsLong() < 1) {
      throw new IllegalArgumentException(name + " must be positive, not " + value.getAsLong());
    }
  }

  /// Events wait until they are acknowledged, however long and many.
  public static StreamSettings queue() {
    return new StreamSettings(
        true, Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), true);
  }

  /// Events stay for a time, acknowledged or not.
  public static StreamSettings history(Duration maxAge) {
    return new StreamSettings(
        false, Optional.of(maxAge), OptionalLong.empty(), OptionalLong.empty(), false);
  }

  public StreamSettings withMaxAge(Duration age) {
    return new StreamSettings(
        untilAcknowledged, Optional.of(age), maxBytes, maxEvents, refuseWhenFull);
  }

  public StreamSettings withMaxBytes(long bytes) {
    return new StreamSettings(
        untilAcknowledged, maxAge, OptionalLong.of(bytes), maxEvents, refuseWhenFull);
  }

  public StreamSettings withMaxEvents(long events) {
    return new StreamSettings(
        untilAcknowledged, maxAge, maxBytes, OptionalLong.of(events), refuseWhenFull);
  }
}

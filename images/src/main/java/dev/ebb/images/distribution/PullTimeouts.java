package dev.ebb.images.distribution;

import java.time.Duration;

/// How long a registry may be silent. A slow transfer has all the time it needs.
///
/// @param connect until the connection stands
/// @param answer from the request to the head of its answer
/// @param stall between two bytes of a body
public record PullTimeouts(Duration connect, Duration answer, Duration stall) {
  public static final PullTimeouts DEFAULT =
      new PullTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(30));
}

package dev.ebb.gateway;

import java.util.concurrent.TimeUnit;

/// How long the instances of a revision leave an idle connection open, as far as was seen.
///
/// A request that may not be sent twice (RFC 9110, section 9.2.2) is lost with the connection that
/// its instance closes at the same moment, and nothing tells before how long that instance waits.
/// But connections lie idle all the time, and each that is still open tells that its age is no
/// risk. So such a request takes a connection only while that is much younger than the oldest one
/// seen open, and gets a new one otherwise.
///
/// Thread-safe: event loops race, and whoever is last leaves something that was seen.
final class KeptOpen {
  /// An instance that gets no processor for so long finds that its own time is over before it finds
  /// the request.
  private static final long MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private volatile long seenNanos;

  void open(long idleNanos) {
    if (idleNanos > seenNanos) {
      seenNanos = idleNanos;
    }
  }

  /// By the instance: it is under more pressure than before, or another program.
  void closed(long idleNanos) {
    if (idleNanos < seenNanos) {
      seenNanos = idleNanos;
    }
  }

  boolean isSafe(long idleNanos) {
    long seen = seenNanos;
    return idleNanos <= Math.min(seen / 2, seen - MARGIN_NANOS);
  }
}

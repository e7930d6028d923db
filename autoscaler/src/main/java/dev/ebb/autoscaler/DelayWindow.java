package dev.ebb.autoscaler;

import java.util.ArrayDeque;

/// The largest count that was wanted during the last so many ticks, for `scale-down-delay`: a lower
/// count must be wanted throughout.
///
/// Keeps only counts that are not followed by a larger one, so they descend and the first is the
/// maximum (the sliding window minimum of R. Harter, "The minimum on a sliding window algorithm",
/// 2001). Not thread-safe.
final class DelayWindow {
  private record Wanted(long tick, int count) {}

  private final ArrayDeque<Wanted> descending = new ArrayDeque<>();

  /// Adds what is wanted in a tick and tells the largest count of the last `ticks` ticks.
  int record(long tick, int count, long ticks) {
    while (!descending.isEmpty() && descending.getLast().count() <= count) {
      descending.removeLast();
    }
    descending.addLast(new Wanted(tick, count));
    while (tick - descending.getFirst().tick() >= ticks) {
      descending.removeFirst();
    }
    return descending.getFirst().count();
  }
}

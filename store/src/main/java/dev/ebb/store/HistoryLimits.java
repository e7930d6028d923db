package dev.ebb.store;

/// How much of the past a store keeps for watches and listings of an older revision. What is beyond
/// is compacted by itself.
///
/// @param changes at most so many, 1 or more
/// @param bytes how much memory the history may keep from being freed, about
public record HistoryLimits(int changes, long bytes) {
  /// 10,000 changes: ten minutes at 16 writes/s, far longer than a client needs to come back or to
  /// read the next page. 32 MiB: that many objects of 2.5 KiB with their bookkeeping.
  public static final HistoryLimits DEFAULT = new HistoryLimits(10_000, 32L << 20);

  public HistoryLimits {
    if (changes < 1 || bytes < 0) {
      throw new IllegalArgumentException(
          "a history of %d changes, %d bytes".formatted(changes, bytes));
    }
  }
}

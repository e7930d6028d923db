package dev.ebb.cli.load;

import java.util.Arrays;

/// How long answers took: counts in buckets whose width is 1/64 of their value, so a percentile is
/// at most 1.6 % too large, whatever its size, and memory does not grow with the load (G. Tene's
/// HdrHistogram). From 1 µs; what takes more than an hour counts as an hour. Immutable.
public final class Latencies {
  /// Up to here each microsecond has a bucket of its own, above it each power of two has 64.
  private static final int EXACT = 128;

  private static final int PER_POWER = EXACT / 2;
  private static final long LONGEST_MICROS = 3_600_000_000L;
  static final int BUCKETS = bucket(LONGEST_MICROS) + 1;

  public static final Latencies NONE = new Latencies(new long[BUCKETS], 0);

  private final long[] counts;
  private final long maxMicros;

  /// @param counts one for each bucket; not copied
  Latencies(long[] counts, long maxMicros) {
    this.counts = counts;
    this.maxMicros = maxMicros;
  }

  static long micros(long nanos) {
    return Math.clamp(Math.ceilDiv(nanos, 1000L), 0, LONGEST_MICROS);
  }

  static int bucket(long micros) {
    if (micros < EXACT) {
      return (int) micros;
    }
    int shift = 57 - Long.numberOfLeadingZeros(micros); // leaves seven bits, the first of them set
    return EXACT + (shift - 1) * PER_POWER + (int) (micros >>> shift) - PER_POWER;
  }

  /// The largest value of a bucket.
  static long upperEdge(int bucket) {
    if (bucket < EXACT) {
      return bucket;
    }
    int shift = (bucket - EXACT) / PER_POWER + 1;
    int leading = PER_POWER + (bucket - EXACT) % PER_POWER;
    return ((leading + 1L) << shift) - 1;
  }

  public long count() {
    return Arrays.stream(counts).sum();
  }

  /// The nearest rank; 0 when there is nothing.
  ///
  /// @param fraction 0 to 1
  public double percentileMillis(double fraction) {
    long rank = Math.max(1, (long) Math.ceil(fraction * count()));
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= rank) {
        return Math.min(upperEdge(bucket), maxMicros) / 1000.0;
      }
    }
    return 0;
  }

  /// Exact for a whole run; of a part of it ([#since]) the bucket's upper edge.
  public double maxMillis() {
    return maxMicros / 1000.0;
  }

  /// What came after an earlier state of the same counts.
  Latencies since(Latencies earlier) {
    long[] later = new long[counts.length];
    long largest = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      later[bucket] = counts[bucket] - earlier.counts[bucket];
      if (later[bucket] > 0) {
        largest = upperEdge(bucket);
      }
    }
    return new Latencies(later, Math.min(largest, maxMicros));
  }
}

package dev.ebb.cli.load;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;

/// Counts latencies of many threads.
final class LatencyRecorder {
  private final AtomicLongArray counts = new AtomicLongArray(Latencies.BUCKETS);
  private final LongAccumulator max = new LongAccumulator(Math::max, 0);

  void record(long nanos) {
    long micros = Latencies.micros(nanos);
    max.accumulate(micros); // first, so that no count is above the maximum
    counts.incrementAndGet(Latencies.bucket(micros));
  }

  Latencies now() {
    long[] copy = new long[Latencies.BUCKETS];
    for (int bucket = 0; bucket < copy.length; bucket++) {
      copy[bucket] = counts.get(bucket);
    }
    return new Latencies(copy, max.get());
  }
}

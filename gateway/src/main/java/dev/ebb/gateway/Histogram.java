package dev.ebb.gateway;

import dev.ebb.dataplane.MetricFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;

/// Counts durations in buckets. Recording is one search in a short array and two additions that
/// threads do not contend for.
final class Histogram {
  /// From 0.5 ms, the fastest answer of a warm function, to 10 min, the longest time-out there is.
  private static final double[] BOUNDS_SECONDS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600
  };

  private static final double NANOS_PER_SECOND = 1e9;

  private final LongAdder[] counts = new LongAdder[BOUNDS_SECONDS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  Histogram() {
    Arrays.setAll(counts, i -> new LongAdder());
  }

  void record(long nanos) {
    double seconds = nanos / NANOS_PER_SECOND;
    int bucket = 0;
    while (bucket < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumNanos.add(nanos);
  }

  MetricFamily.Value.Histogram value() {
    List<Long> values = new ArrayList<>(counts.length);
    for (LongAdder count : counts) {
      values.add(count.sum());
    }
    return new MetricFamily.Value.Histogram(
        DoubleStream.of(BOUNDS_SECONDS).boxed().toList(),
        values,
        sumNanos.sum() / NANOS_PER_SECOND);
  }
}

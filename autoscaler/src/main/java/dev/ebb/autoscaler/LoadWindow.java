package dev.ebb.autoscaler;

import java.util.Arrays;

/// The average load of the last seconds, be it concurrency or a rate.
///
/// The load is integrated over time into buckets of one second: of concurrency a bucket holds
/// request-seconds, and the average is their sum over the time that was seen. So a reading that
/// comes late, or covers three seconds because the process was stopped, weighs what it should.
///
/// As in Knative (`pkg/autoscaler/aggregation`), a window that is not full yet averages over what
/// has been seen, the time since the last reading does not count, and after a whole window without
/// readings it begins anew: the first second after a long sleep counts alone, not diluted by zeros.
///
/// Times are of one monotonic clock, in nanoseconds. Not thread-safe.
final class LoadWindow {
  private static final long BUCKET_NANOS = 1_000_000_000L;

  /// Sums of decimal fractions are off by some 1e-13, and one instance more would come of it where
  /// an average meets a multiple of the target. Knative rounds to six digits too.
  private static final double PRECISION = 1e6;

  private double[] buckets;
  private boolean empty = true;
  private long first;
  private long last;

  LoadWindow(int seconds) {
    buckets = new double[seconds];
  }

  /// Adds what was seen from one time to a later one. Readings come in order.
  void record(long from, long to, double load) {
    // Knative counts whole seconds from reading to reading, so a silence of one second less ends
    // it.
    if (empty || (from > last && from - last >= nanos() - BUCKET_NANOS)) {
      Arrays.fill(buckets, 0);
      empty = false;
      first = from;
    } else {
      clear(lastBucket(last) + 1, lastBucket(to));
    }
    last = to;
    // What is older than the oldest bucket would fall into the newest one.
    long begin = Math.max(from, oldestBucket(to) * BUCKET_NANOS);
    while (begin < to) {
      long bucket = Math.floorDiv(begin, BUCKET_NANOS);
      long end = Math.min(to, (bucket + 1) * BUCKET_NANOS);
      buckets[slot(bucket)] += load * (end - begin) / BUCKET_NANOS;
      begin = end;
    }
  }

  double average(long now) {
    if (isEmpty(now)) {
      return 0;
    }
    long begin = Math.max(first, oldestBucket(Math.max(now, last)) * BUCKET_NANOS);
    if (last <= begin) {
      return 0;
    }
    double sum = 0;
    for (long bucket = Math.floorDiv(begin, BUCKET_NANOS); bucket <= lastBucket(last); bucket++) {
      sum += buckets[slot(bucket)];
    }
    double average = sum / (last - begin) * BUCKET_NANOS;
    return Math.round(average * PRECISION) / PRECISION;
  }

  /// The average in which a second weighs less than the one after it, as Knative's
  /// `weighted-exponential` has it: the newest second has the weight c, the one before c(1 - c),
  /// and so on. What was before the first reading is zero. Knative's seconds are whole ones of the
  /// clock; here they end with the last reading, so that it does not matter when that was.
  double weightedAverage(long now) {
    if (isEmpty(now)) {
      return 0;
    }
    double decay = 1 - newestWeight();
    long silent = Math.max(0, (now - last) / BUCKET_NANOS);
    double weight = newestWeight() * Math.pow(decay, (double) silent);
    long newest = lastBucket(last);
    double share = (double) (last - newest * BUCKET_NANOS) / BUCKET_NANOS;
    double sum = buckets[slot(newest)] * weight;
    for (long age = 1; age < buckets.length - silent; age++) {
      double bucket = buckets[slot(newest - age)];
      sum += bucket * (1 - share) * weight; // its end lies in the second after
      weight *= decay;
      sum += bucket * share * weight;
    }
    return Math.round(sum * PRECISION) / PRECISION;
  }

  /// So that all weights of a window are 0.9999 together, but a fifth at least: in a long window it
  /// would be next to the plain average otherwise.
  private double newestWeight() {
    return Math.max(1 - Math.pow(1 - 0.9999, 1.0 / buckets.length), 0.2);
  }

  /// Whether nothing was recorded for a whole window.
  boolean isEmpty(long now) {
    return empty || now - last >= nanos();
  }

  /// Changes the window's length; the readings that fit the new one stay.
  void resize(int seconds) {
    if (seconds == buckets.length) {
      return;
    }
    var old = buckets;
    buckets = new double[seconds];
    if (empty) {
      return;
    }
    long newest = lastBucket(last);
    int kept = Math.min(seconds, old.length);
    for (long bucket = newest - kept + 1; bucket <= newest; bucket++) {
      buckets[slot(bucket)] = old[(int) Math.floorMod(bucket, (long) old.length)];
    }
    first = Math.max(first, (newest - kept + 1) * BUCKET_NANOS);
  }

  private void clear(long from, long to) {
    for (long bucket = Math.max(from, to - buckets.length + 1); bucket <= to; bucket++) {
      buckets[slot(bucket)] = 0;
    }
  }

  private long nanos() {
    return buckets.length * BUCKET_NANOS;
  }

  private int slot(long bucket) {
    return (int) Math.floorMod(bucket, (long) buckets.length);
  }

  private long oldestBucket(long time) {
    return lastBucket(time) - buckets.length + 1;
  }

  /// The bucket that ends at a time or around it: a reading up to 10.0 s ends in the tenth second.
  private static long lastBucket(long time) {
    return Math.floorDiv(time - 1, BUCKET_NANOS);
  }
}

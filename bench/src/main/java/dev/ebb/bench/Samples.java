package dev.ebb.bench;

import java.util.Collection;

/// Numbers that were measured, sorted.
final class Samples {
  private final double[] sorted;

  Samples(Collection<Double> values) {
    sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  /// The nearest rank.
  ///
  /// @param fraction 0 to 1
  double percentile(double fraction) {
    int rank = (int) Math.ceil(fraction * sorted.length);
    return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
  }

  double median() {
    return percentile(0.5);
  }

  double min() {
    return sorted[0];
  }

  double max() {
    return sorted[sorted.length - 1];
  }

  int count() {
    return sorted.length;
  }
}

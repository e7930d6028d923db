package dev.ebb.dataplane;

import java.util.List;
import java.util.Map;

/// One metric with all its label sets, in the words of Prometheus.
///
/// @param name with unit, without `_total`: `ebb_gateway_request_duration_seconds`
public record MetricFamily(String name, String help, Type type, List<Sample> samples) {
  public MetricFamily {
    samples = List.copyOf(samples);
  }

  public enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /// @param labels names to values, the same names in each sample of a family
  public record Sample(Map<String, String> labels, Value value) {}

  public sealed interface Value {
    record Scalar(double value) implements Value {}

    /// @param upperBounds ascending, without infinity
    /// @param counts not cumulative, one more than bounds: the last is for infinity
    record Histogram(List<Double> upperBounds, List<Long> counts, double sum) implements Value {}
  }
}

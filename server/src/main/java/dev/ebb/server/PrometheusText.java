package dev.ebb.server;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// Writes the rooms' metrics in Prometheus's text format.
final class PrometheusText {
  private final List<MetricSource> sources;

  PrometheusText(List<MetricSource> sources) {
    this.sources = List.copyOf(sources);
  }

  static String contentType() {
    return PrometheusTextFormatWriter.CONTENT_TYPE;
  }

  void write(OutputStream out) throws IOException {
    List<MetricSnapshot> snapshots = new ArrayList<>();
    for (MetricSource source : sources) {
      source.metrics().forEach(family -> snapshots.add(snapshot(family)));
    }
    PrometheusTextFormatWriter.create()
        .write(out, new MetricSnapshots(snapshots), EscapingScheme.DEFAULT);
  }

  private static MetricSnapshot snapshot(MetricFamily family) {
    return switch (family.type()) {
      case COUNTER -> {
        var builder = CounterSnapshot.builder().name(family.name()).help(family.help());
        for (Sample sample : family.samples()) {
          builder.dataPoint(
              CounterSnapshot.CounterDataPointSnapshot.builder()
                  .labels(labels(sample))
                  .value(scalar(sample))
                  .build());
        }
        yield builder.build();
      }
      case GAUGE -> {
        var builder = GaugeSnapshot.builder().name(family.name()).help(family.help());
        for (Sample sample : family.samples()) {
          builder.dataPoint(
              GaugeSnapshot.GaugeDataPointSnapshot.builder()
                  .labels(labels(sample))
                  .value(scalar(sample))
                  .build());
        }
        yield builder.build();
      }
      case HISTOGRAM -> {
        var builder = HistogramSnapshot.builder().name(family.name()).help(family.help());
        for (Sample sample : family.samples()) {
          if (sample.value() instanceof Value.Histogram histogram) {
            builder.dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(labels(sample))
                    .classicHistogramBuckets(buckets(histogram))
                    .sum(histogram.sum())
                    .build());
          }
        }
        yield builder.build();
      }
    };
  }

  private static ClassicHistogramBuckets buckets(Value.Histogram histogram) {
    List<Double> bounds = new ArrayList<>(histogram.upperBounds());
    bounds.add(Double.POSITIVE_INFINITY);
    return ClassicHistogramBuckets.of(bounds, histogram.counts());
  }

  private static double scalar(Sample sample) {
    return sample.value() instanceof Value.Scalar scalar ? scalar.value() : Double.NaN;
  }

  private static Labels labels(Sample sample) {
    Labels labels = Labels.EMPTY;
    for (var label : sample.labels().entrySet()) {
      labels = labels.add(label.getKey(), label.getValue());
    }
    return labels;
  }
}

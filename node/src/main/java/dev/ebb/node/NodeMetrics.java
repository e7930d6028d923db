package dev.ebb.node;

import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.Instance.Phase;
import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.StartupPhases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Counts what a node does. Thread-safe.
final class NodeMetrics {
  // From half a millisecond, the fastest spawn, to a minute; a cold start of an interpreter lies in
  // the middle.
  private static final List<Double> BOUNDS =
      List.of(
          0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 60.0);

  private final Map<String, Histogram> phases = new TreeMap<>();
  private final Map<String, Long> refusals = new TreeMap<>();
  private long starts;
  private long crashes;
  private int standbys;

  private static final class Histogram {
    private final Long[] counts = new Long[BOUNDS.size() + 1];
    private double sum;

    Histogram() {
      Arrays.fill(counts, 0L);
    }

    void observe(Duration duration) {
      double seconds = duration.toNanos() / 1e9;
      int bucket = 0;
      while (bucket < BOUNDS.size() && seconds > BOUNDS.get(bucket)) {
        bucket++;
      }
      counts[bucket]++;
      sum += seconds;
    }

    MetricFamily.Value value() {
      return new MetricFamily.Value.Histogram(BOUNDS, List.of(counts.clone()), sum);
    }
  }

  synchronized void started() {
    starts++;
  }

  synchronized void refused(String reason) {
    refusals.merge(reason, 1L, Long::sum);
  }

  synchronized void standbys(int count) {
    standbys = count;
  }

  synchronized void crashed() {
    crashes++;
  }

  synchronized void ready(StartupPhases startup) {
    observe("create", startup.create());
    observe("boot", startup.boot());
    observe("init", startup.init());
    observe("ready", startup.ready());
  }

  synchronized List<MetricFamily> families(List<Instance> instances) {
    var present = new ArrayList<Sample>();
    for (var phase : List.of(Phase.STARTING, Phase.READY, Phase.DRAINING)) {
      long count = instances.stream().filter(one -> one.phase() == phase).count();
      present.add(sample("phase", phase.name().toLowerCase(Locale.ROOT), count));
    }
    var failures = new ArrayList<Sample>();
    refusals.forEach((reason, count) -> failures.add(sample("reason", reason, count)));
    var seconds = new ArrayList<Sample>();
    phases.forEach((name, one) -> seconds.add(new Sample(Map.of("phase", name), one.value())));
    return List.of(
        new MetricFamily("ebb_node_instances", "Instances now.", MetricFamily.Type.GAUGE, present),
        new MetricFamily(
            "ebb_node_standbys",
            "Instances made ahead, of which only the program is to be started.",
            MetricFamily.Type.GAUGE,
            List.of(new Sample(Map.of(), new MetricFamily.Value.Scalar(standbys)))),
        counter("ebb_node_starts", "Instances that were to be started.", starts),
        new MetricFamily(
            "ebb_node_start_failures",
            "Starts that were refused before a process came into being.",
            MetricFamily.Type.COUNTER,
            failures),
        counter("ebb_node_crashes", "Instances and containers that ended unasked.", crashes),
        new MetricFamily(
            "ebb_node_start_seconds",
            "Where the time of starts went.",
            MetricFamily.Type.HISTOGRAM,
            seconds));
  }

  private void observe(String phase, Duration duration) {
    phases.computeIfAbsent(phase, name -> new Histogram()).observe(duration);
  }

  private static MetricFamily counter(String name, String help, long value) {
    return new MetricFamily(
        name,
        help,
        MetricFamily.Type.COUNTER,
        List.of(new Sample(Map.of(), new MetricFamily.Value.Scalar(value))));
  }

  private static Sample sample(String label, String labelValue, long value) {
    return new Sample(Map.of(label, labelValue), new MetricFamily.Value.Scalar(value));
  }
}

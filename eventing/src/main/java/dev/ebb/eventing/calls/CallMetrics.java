package dev.ebb.eventing.calls;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value.Scalar;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The queues as Prometheus reads them: under the names of OpenFaaS's queue worker, and Ebb's own
/// for what it does not tell.
///
/// Source: OpenFaaS's documentation, "JetStream for OpenFaaS" under metrics.
final class CallMetrics {
  /// Of a function of which there are dead letters alone.
  private static final Lane.Counts NOTHING = new Lane.Counts(0, 0, 0, 0, 0);

  private CallMetrics() {}

  private record Row(CallBooks.Queue queue, Lane.Counts counts) {}

  static List<MetricFamily> of(CallBooks books, Lanes lanes, Instant now) {
    Map<String, Lane.Counts> counts = new TreeMap<>();
    lanes.all().forEach(lane -> counts.put(lane.name().toString(), lane.counts()));
    List<Row> calls = new ArrayList<>();
    List<Row> callbacks = new ArrayList<>();
    List<Row> dead = new ArrayList<>();
    for (CallBooks.Queue queue : books.queues(_ -> true)) {
      Streams.Kind kind = queue.callbacks() ? Streams.Kind.CALLBACK : Streams.Kind.CALL;
      Lane.Counts seen =
          counts.get(new Streams.Name(kind, queue.queue(), queue.function()).toString());
      if (!queue.callbacks()) {
        dead.add(new Row(queue, seen == null ? NOTHING : seen));
      }
      if (seen != null) {
        (queue.callbacks() ? callbacks : calls).add(new Row(queue, seen));
      }
    }
    return List.of(
        perFunction(
            "queue_worker_pending_messages",
            "Calls that wait to be made, or made again.",
            MetricFamily.Type.GAUGE,
            calls,
            row -> row.queue().waiting() + row.queue().delayed()),
        perFunction(
            "queue_worker_function_invocation_inflight",
            "Calls that are being made.",
            MetricFamily.Type.GAUGE,
            calls,
            row -> row.counts().running()),
        perQueue(
            "queue_worker_messages_processed",
            "Calls that were made and answered, or given up.",
            lanes,
            QueueCounts::processed),
        perQueue(
            "queue_worker_messages_submitted",
            "Calls that were accepted.",
            lanes,
            QueueCounts::submitted),
        perFunction(
            "ebb_async_oldest_seconds",
            "Since the oldest call in the queue was accepted.",
            MetricFamily.Type.GAUGE,
            calls,
            row ->
                row.queue()
                    .oldest()
                    .map(it -> Duration.between(it, now).toMillis() / 1e3)
                    .orElse(0.0)),
        perFunction(
            "ebb_async_delivered",
            "Calls that were answered.",
            MetricFamily.Type.COUNTER,
            calls,
            row -> row.counts().delivered()),
        perFunction(
            "ebb_async_retried",
            "Attempts after which a call waits for another.",
            MetricFamily.Type.COUNTER,
            calls,
            row -> row.counts().retried()),
        perFunction(
            "ebb_async_dead",
            "Calls that were given up.",
            MetricFamily.Type.COUNTER,
            calls,
            row -> row.counts().dead()),
        perFunction(
            "ebb_async_dead_letters",
            "Calls and callbacks that were given up and are kept.",
            MetricFamily.Type.GAUGE,
            dead,
            row -> row.queue().dead()),
        perFunction(
            "ebb_async_callbacks_pending",
            "Callbacks that wait to be made, or made again.",
            MetricFamily.Type.GAUGE,
            callbacks,
            row -> row.queue().waiting() + row.queue().delayed()));
  }

  private static MetricFamily perFunction(
      String name,
      String help,
      MetricFamily.Type type,
      List<Row> rows,
      ToDoubleFunction<Row> value) {
    List<Sample> samples =
        rows.stream()
            .map(row ->
                new Sample(
                    Map.of(
                        "queue_name",
                        row.queue().queue(),
                        "function_name",
                        row.queue().function().name() + "." + row.queue().function().namespace()),
                    new Scalar(value.applyAsDouble(row))))
            .toList();
    return new MetricFamily(name, help, type, samples);
  }

  private static MetricFamily perQueue(
      String name, String help, Lanes lanes, Function<QueueCounts, LongAdder> value) {
    List<Sample> samples = new ArrayList<>();
    new TreeMap<>(lanes.counts())
        .forEach((queue, counts) ->
            samples.add(
                new Sample(Map.of("queue_name", queue), new Scalar(value.apply(counts).sum()))));
    return new MetricFamily(name, help, MetricFamily.Type.COUNTER, samples);
  }
}

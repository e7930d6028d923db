package dev.ebb.server.registry;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import dev.ebb.dataplane.MetricSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/// What goes through the registry. Thread-safe.
final class RegistryMetrics implements MetricSource {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");

  private final IntSupplier uploads;
  private final LongAdder received = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();

  /// @param uploads that are open
  RegistryMetrics(IntSupplier uploads) {
    this.uploads = uploads;
  }

  void requested(String method) {
    // Clients do not make up labels.
    String label = METHODS.contains(method) ? method : "other";
    requests.computeIfAbsent(label, it -> new LongAdder()).increment();
  }

  void refused(RegistryError error) {
    refusals.computeIfAbsent(error.code(), it -> new LongAdder()).increment();
  }

  void sent(int bytes) {
    sent.add(bytes);
  }

  InputStream received(InputStream body) {
    return new FilterInputStream(body) {
      @Override
      public int read() throws IOException {
        int octet = in.read();
        received.add(octet < 0 ? 0 : 1);
        return octet;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = in.read(into, offset, length);
        received.add(Math.max(0, count));
        return count;
      }
    };
  }

  @Override
  public List<MetricFamily> metrics() {
    return List.of(
        counters("ebb_registry_requests", "Requests that were let in.", "method", requests),
        counters("ebb_registry_refusals", "Requests that were refused.", "code", refusals),
        single(
            "ebb_registry_received_bytes",
            "Bytes of blobs that were pushed.",
            MetricFamily.Type.COUNTER,
            (double) received.sum()),
        single(
            "ebb_registry_sent_bytes",
            "Bytes of blobs that were pulled.",
            MetricFamily.Type.COUNTER,
            (double) sent.sum()),
        single(
            "ebb_registry_uploads",
            "Uploads that are open.",
            MetricFamily.Type.GAUGE,
            uploads.getAsInt()));
  }

  private static MetricFamily counters(
      String name, String help, String label, Map<String, LongAdder> counters) {
    List<Sample> samples = new ArrayList<>();
    counters.forEach((value, count) ->
        samples.add(new Sample(Map.of(label, value), new Value.Scalar(count.sum()))));
    return new MetricFamily(name, help, MetricFamily.Type.COUNTER, samples);
  }

  private static MetricFamily single(
      String name, String help, MetricFamily.Type type, double value) {
    return new MetricFamily(
        name, help, type, List.of(new Sample(Map.of(), new Value.Scalar(value))));
  }
}

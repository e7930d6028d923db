package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.dataplane.MetricFamily;
import dev.ebb.dataplane.MetricFamily.Sample;
import dev.ebb.dataplane.MetricFamily.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
  private static String text(MetricFamily... families) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new PrometheusText(List.of(() -> List.of(families))).write(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyTypeIsWrittenAsPrometheusReadsIt() throws IOException {
    assertThat(
            text(
                new MetricFamily(
                    "ebb_requests",
                    "Requests.",
                    MetricFamily.Type.COUNTER,
                    List.of(new Sample(Map.of("code", "2xx"), new Value.Scalar(3)))),
                new MetricFamily(
                    "ebb_queue_depth",
                    "Waiting.",
                    MetricFamily.Type.GAUGE,
                    List.of(new Sample(Map.of(), new Value.Scalar(1.5)))),
                new MetricFamily(
                    "ebb_seconds",
                    "Time.",
                    MetricFamily.Type.HISTOGRAM,
                    List.of(
                        new Sample(
                            Map.of(),
                            new Value.Histogram(List.of(0.1, 1.0), List.of(2L, 1L, 1L), 4.5))))))
        .contains(
            "# TYPE ebb_requests_total counter",
            "ebb_requests_total{code=\"2xx\"} 3.0",
            "# TYPE ebb_queue_depth gauge",
            "ebb_queue_depth 1.5",
            "ebb_seconds_bucket{le=\"0.1\"} 2",
            "ebb_seconds_bucket{le=\"1.0\"} 3",
            "ebb_seconds_bucket{le=\"+Inf\"} 4",
            "ebb_seconds_count 4",
            "ebb_seconds_sum 4.5");
  }
}

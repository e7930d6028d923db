package dev.ebb.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlineHeadersTest {
  /// What is left in milliseconds, what came, and what goes; `-` is no header.
  @ParameterizedTest
  @CsvSource({
    "2000, -, -, -, 2000, -",
    "0, -, -, -, 1, -",
    "2000, text/plain, 1500, 1S, 1500, 1S",
    "2000, text/plain, 2500, -, 2000, -",
    "2000, text/plain, soon, -, 2000, -",
    "2000, text/plain, -5, -, 2000, -",
    "2000, application/grpc, -, -, 2000, 2000m",
    "2000, application/grpc+proto, -, 1S, 2000, 1S",
    "2000, application/grpc, -, 1999999u, 2000, 1999999u",
    "2000, application/grpc, -, 3S, 2000, 2000m",
    "2000, application/grpc, -, 1H, 2000, 2000m",
    "2000, application/grpc, -, 1M, 2000, 2000m",
    "2000, application/grpc, -, 99999999n, 2000, 99999999n",
    "2000, application/grpc, -, 123456789n, 2000, 2000m",
    "2000, application/grpc, -, 1x, 2000, 2000m",
    "2000, application/grpc, -, S, 2000, 2000m",
    "600000, application/grpc, -, -, 600000, 600000m",
  })
  void anInstanceIsToldTheLeast(
      long left, String type, String expected, String grpc, String expectedThen, String grpcThen) {
    HttpHeaders headers = new DefaultHttpHeaders();
    set(headers, "content-type", type);
    set(headers, "x-envoy-expected-rq-timeout-ms", expected);
    set(headers, "grpc-timeout", grpc);
    DeadlineHeaders.tell(headers, Duration.ofMillis(left).toNanos());
    assertThat(headers.get("x-envoy-expected-rq-timeout-ms", "-")).isEqualTo(expectedThen);
    assertThat(headers.get("grpc-timeout", "-")).isEqualTo(grpcThen);
  }

  private static void set(HttpHeaders headers, String name, String value) {
    if (!value.equals("-")) {
      headers.set(name, value);
    }
  }
}

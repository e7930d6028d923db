package dev.ebb.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells an instance how long its client will be waited for, so that it need not work for nobody.
/// What a proxy before us or the client itself said stands where it is less. Pure.
final class DeadlineHeaders {
  /// The milliseconds that are left, as Envoy says it, which is Knative's proxy on clusters.
  static final AsciiString EXPECTED = AsciiString.cached("x-envoy-expected-rq-timeout-ms");

  /// The same of gRPC ("gRPC over HTTP2", Requests): at most eight digits and a unit.
  static final AsciiString GRPC = AsciiString.cached("grpc-timeout");

  private static final int MOST_DIGITS = 8;
  private static final String GRPC_TYPE = "application/grpc";

  private DeadlineHeaders() {}

  static void tell(HttpHeaders headers, long leftNanos) {
    long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos));
    OptionalLong said = number(headers.get(EXPECTED));
    headers.set(EXPECTED, Long.toString(Math.min(left, said.orElse(Long.MAX_VALUE))));
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (type == null || !type.startsWith(GRPC_TYPE)) {
      return;
    }
    OptionalLong asked = nanos(headers.get(GRPC));
    if (asked.isEmpty() || asked.getAsLong() > leftNanos) {
      headers.set(GRPC, left + "m");
    }
  }

  private static OptionalLong nanos(@Nullable String text) {
    if (text == null || text.length() < 2) {
      return OptionalLong.empty();
    }
    OptionalLong number = number(text.substring(0, text.length() - 1));
    Optional<TimeUnit> unit =
        switch (text.charAt(text.length() - 1)) {
          case 'H' -> Optional.of(TimeUnit.HOURS);
          case 'M' -> Optional.of(TimeUnit.MINUTES);
          case 'S' -> Optional.of(TimeUnit.SECONDS);
          case 'm' -> Optional.of(TimeUnit.MILLISECONDS);
          case 'u' -> Optional.of(TimeUnit.MICROSECONDS);
          case 'n' -> Optional.of(TimeUnit.NANOSECONDS);
          default -> Optional.empty();
        };
    return number.isEmpty() || unit.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(unit.get().toNanos(number.getAsLong()));
  }

  private static OptionalLong number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > MOST_DIGITS) {
      return OptionalLong.empty();
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}

package dev.ebb.controllers;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Knative's settings write them: `60s`, `1h30m`, `1.5s`, `500ms`. Source: Go's
/// `time.ParseDuration`, without signs.
final class GoDuration {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern ALL = Pattern.compile("0|(?:" + PART.pattern() + ")+");

  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private GoDuration() {}

  static Optional<Duration> parse(String text) {
    if (!ALL.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher matcher = PART.matcher(text);
    while (matcher.find()) {
      nanos = nanos.add(new BigDecimal(matcher.group(1)).multiply(unit(matcher.group(2))));
    }
    return nanos.compareTo(LONGEST) > 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(nanos.longValue()));
  }

  private static BigDecimal unit(String name) {
    return BigDecimal.valueOf(
        switch (name) {
          case "ns" -> 1L;
          case "us", "µs" -> 1_000L;
          case "ms" -> 1_000_000L;
          case "s" -> 1_000_000_000L;
          case "m" -> 60_000_000_000L;
          default -> 3_600_000_000_000L;
        });
  }
}

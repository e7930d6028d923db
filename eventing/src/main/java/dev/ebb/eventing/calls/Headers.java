package dev.ebb.eventing.calls;

import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Headers that mean something here.
public final class Headers {
  /// How many callbacks led to a request.
  public static final String HOPS = "x-ebb-callback-hops";

  /// Why a callback does not have the function's answer.
  static final String ERROR = "x-ebb-error";

  private static final int MAX_DIGITS = 9;
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key");

  private Headers() {}

  /// The value of `Retry-After` (RFC 9110, section 10.2.3): seconds or a date. Empty when it is
  /// neither.
  static Optional<Duration> wait(String value, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of(
          Duration.ofSeconds(
              text.length() > MAX_DIGITS ? Integer.MAX_VALUE : Integer.parseInt(text)));
    }
    try {
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(until.isAfter(now) ? Duration.between(now, until) : Duration.ZERO);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /// How many callbacks led to a request; 0 for what is no number.
  public static int hops(String value) {
    return NUMBER.matcher(value).matches() ? Integer.parseInt(value) : 0;
  }

  /// For those who look at a call: that it had credentials, but not which.
  static Map<String, List<String>> withoutCredentials(Map<String, List<String>> headers) {
    Map<String, List<String>> shown = new TreeMap<>(headers);
    shown.replaceAll((name, values) -> CREDENTIALS.contains(name) ? List.of("(hidden)") : values);
    return shown;
  }

  static String withoutUser(URI url) {
    return url.getRawUserInfo() == null
        ? url.toString()
        : url.toString().replace(url.getRawUserInfo() + "@", "");
  }
}

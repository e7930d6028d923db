package dev.ebb.kinds;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The words of `format` for strings that are checked, with what the API server of Kubernetes takes
/// for them. Other words constrain nothing.
public final class Formats {
  private static final SchemaPattern EMAIL =
      new SchemaPattern("^[^@\\s<>()\\[\\],;:\\\\\"]+@[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$");
  private static final SchemaPattern HOSTNAME =
      new SchemaPattern(
          "^([A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)(\\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*\\.?$");
  private static final SchemaPattern MAC =
      new SchemaPattern("^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$");
  private static final String HEX = "[0-9A-Fa-f]";
  private static final SchemaPattern COLOR =
      new SchemaPattern("^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$");
  private static final SchemaPattern RGB =
      new SchemaPattern("^rgb\\(\\s*[0-9]{1,3}\\s*,\\s*[0-9]{1,3}\\s*,\\s*[0-9]{1,3}\\s*\\)$");
  private static final SchemaPattern OBJECT_ID = new SchemaPattern("^[0-9A-Fa-f]{24}$");
  private static final SchemaPattern DURATION =
      new SchemaPattern(
          "^-?(\\s*[0-9]+(\\.[0-9]+)?\\s*(ns|nanos?(econds?)?|us|µs|micros?(econds?)?|ms|millis?(econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?))+$|^0$");

  private static final Map<String, Predicate<String>> CHECKS =
      Map.ofEntries(
          Map.entry("date-time", Formats::dateTime),
          Map.entry("datetime", Formats::dateTime),
          Map.entry("date", Formats::date),
          Map.entry("duration", DURATION::matches),
          Map.entry("byte", Formats::base64),
          Map.entry("email", EMAIL::matches),
          Map.entry("hostname", text -> text.length() <= 254 && HOSTNAME.matches(text)),
          Map.entry("ipv4", IpAddresses::isV4),
          Map.entry("ipv6", IpAddresses::isV6),
          Map.entry("cidr", IpAddresses::isCidr),
          Map.entry("mac", MAC::matches),
          Map.entry("uri", Formats::uri),
          Map.entry("uuid", uuid(HEX)::matches),
          Map.entry("uuid3", uuid("3")::matches),
          Map.entry("uuid4", uuid("4")::matches),
          Map.entry("uuid5", uuid("5")::matches),
          Map.entry("hexcolor", COLOR::matches),
          Map.entry("rgbcolor", RGB::matches),
          Map.entry("bsonobjectid", OBJECT_ID::matches));

  /// Words that the API server of Kubernetes knows but that say nothing here.
  private static final Set<String> KNOWN =
      Set.of(
          "int32",
          "int64",
          "float",
          "double",
          "password",
          "isbn",
          "isbn10",
          "isbn13",
          "creditcard",
          "ssn",
          "k8s-short-name",
          "k8s-long-name");

  private Formats() {}

  /// Whether the API server of Kubernetes knows the word.
  public static boolean isKnown(String format) {
    return isChecked(format) || KNOWN.contains(format);
  }

  static boolean isChecked(String format) {
    return CHECKS.containsKey(format);
  }

  /// @param format one that is checked
  static boolean fits(String format, String text) {
    Predicate<String> check = CHECKS.get(format);
    return check == null || check.test(text);
  }

  private static boolean dateTime(String text) {
    try {
      // RFC 3339 has seconds and a zone, which ISO 8601 may leave out.
      return text.length() >= 20
          && !OffsetDateTime.parse(text.replace('t', 'T').replace('z', 'Z').replace(' ', 'T'))
              .equals(OffsetDateTime.MIN);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean date(String text) {
    try {
      return text.length() == 10 && !LocalDate.parse(text).equals(LocalDate.MIN);
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean base64(String text) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      // Java's decoder does without padding, Go's does not.
      return text.length() == (decoded.length + 2) / 3 * 4;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// As Go's `ParseRequestURI`: absolute, or a path from the root.
  private static boolean uri(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() || text.startsWith("/");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static SchemaPattern uuid(String version) {
    return new SchemaPattern(
        "^[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?%s[0-9A-Fa-f]{3}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12}$"
            .formatted(version));
  }
}

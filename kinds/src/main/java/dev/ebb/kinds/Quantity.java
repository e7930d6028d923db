package dev.ebb.kinds;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of a resource as Kubernetes writes it: `128Mi`, `500m`, `1.5Gi`, `1e9`. Equal amounts
/// in different words are equal by [#compareTo]. Source: the Kubernetes documentation of resource
/// units.
public record Quantity(BigDecimal value) implements Comparable<Quantity> {
  /// Of RE2 and of Java.
  public static final String PATTERN =
      "^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))"
          + "(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$";

  private static final Pattern FORM =
      Pattern.compile(
          "([-+]?(?:[0-9]{1,30}\\.?[0-9]{0,30}|\\.[0-9]{1,30}))"
              + "(?:([eE][-+]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i)?)");

  private static final Map<String, BigDecimal> UNITS =
      Map.ofEntries(
          Map.entry("n", new BigDecimal("1e-9")),
          Map.entry("u", new BigDecimal("1e-6")),
          Map.entry("m", new BigDecimal("1e-3")),
          Map.entry("k", new BigDecimal("1e3")),
          Map.entry("M", new BigDecimal("1e6")),
          Map.entry("G", new BigDecimal("1e9")),
          Map.entry("T", new BigDecimal("1e12")),
          Map.entry("P", new BigDecimal("1e15")),
          Map.entry("E", new BigDecimal("1e18")),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
          Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
          Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
          Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

  /// In units of the resource itself: bytes, cores.
  public static Optional<Quantity> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String exponent = matcher.group(2);
    String unit = matcher.group(3);
    BigDecimal number = new BigDecimal(matcher.group(1) + (exponent == null ? "" : exponent));
    return Optional.of(
        new Quantity(
            unit == null ? number : number.multiply(UNITS.getOrDefault(unit, BigDecimal.ONE))));
  }

  /// Whole units (bytes); a fraction counts as one more.
  public long units() {
    return ceiling(value);
  }

  /// Thousandths (of a core); a fraction counts as one more.
  public long milliUnits() {
    return ceiling(value.movePointRight(3));
  }

  @Override
  public int compareTo(Quantity other) {
    return value.compareTo(other.value);
  }

  private static long ceiling(BigDecimal number) {
    return number
        .setScale(0, RoundingMode.CEILING)
        .min(BigDecimal.valueOf(Long.MAX_VALUE))
        .max(BigDecimal.valueOf(Long.MIN_VALUE))
        .longValue();
  }
}

package dev.ebb.kinds.settings;

import dev.ebb.kinds.GoDuration;
import dev.ebb.kinds.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The data of one ConfigMap by types. A key that is not there has the default; a value that is no
/// value of its type is told as Go's parsers tell it, which is what operators read on a cluster.
///
/// @param data as it is stored
record SettingValues(Map<String, String> data) {
  private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,64}");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]{1,64}\\.?[0-9]{0,64}|\\.[0-9]{1,64})([eE][-+]?[0-9]{1,3})?");
  private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)");

  SettingValues {
    data = Map.copyOf(data);
  }

  /// The value under the newest of several names that is there.
  ///
  /// @param keys the newest first
  private Optional<String> raw(String... keys) {
    return Arrays.stream(keys).filter(data::containsKey).map(data::get).findFirst();
  }

  /// Without the space around it.
  String text(String otherwise, String... keys) {
    return raw(keys).map(String::strip).orElse(otherwise);
  }

  boolean has(String key) {
    return data.containsKey(key);
  }

  boolean bool(boolean otherwise, String... keys) {
    String text = raw(keys).orElse(Boolean.toString(otherwise));
    if (!TRUE.contains(text) && !FALSE.contains(text)) {
      throw unparsed(keys, unparsable("strconv.ParseBool", text));
    }
    return TRUE.contains(text);
  }

  long int64(long otherwise, String... keys) {
    return integer(64, otherwise, keys);
  }

  int int32(int otherwise, String... keys) {
    return (int) integer(32, otherwise, keys);
  }

  private long integer(int bits, long otherwise, String... keys) {
    Optional<String> text = raw(keys);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!WHOLE.matcher(text.get()).matches()) {
      throw unparsed(keys, unparsable("strconv.ParseInt", text.get()));
    }
    BigInteger number = new BigInteger(text.get());
    if (number.bitLength() >= bits) {
      throw unparsed(
          keys, "strconv.ParseInt: parsing %s: value out of range".formatted(quote(text.get())));
    }
    return number.longValue();
  }

  double decimal(double otherwise, String... keys) {
    Optional<String> text = raw(keys);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!DECIMAL.matcher(text.get()).matches()) {
      throw unparsed(keys, unparsable("strconv.ParseFloat", text.get()));
    }
    return Double.parseDouble(text.get());
  }

  Duration duration(Duration otherwise, String... keys) {
    Optional<String> text = raw(keys);
    if (text.isEmpty()) {
      return otherwise;
    }
    return GoDuration.parse(text.get())
        .orElseThrow(() -> unparsed(keys, durationProblem(text.get())));
  }

  /// Why a text is no duration.
  static String durationProblem(String text) {
    String problem = NUMBER.matcher(text).matches() ? "missing unit in" : "invalid";
    return "time: %s duration %s".formatted(problem, quote(text));
  }

  /// As it was written.
  Optional<String> quantity(String... keys) {
    Optional<String> text = raw(keys);
    text.filter(value -> Quantity.parse(value).isEmpty())
        .ifPresent(_ -> {
          throw unparsed(
              keys,
              "quantities must match the regular expression"
                  + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        });
    return text;
  }

  /// Divided by commas.
  Set<String> set(Set<String> otherwise, String... keys) {
    return raw(keys)
        .map(text -> {
          Set<String> parts = new TreeSet<>();
          Arrays.stream(text.split(",", -1)).map(String::strip).forEach(parts::add);
          return Set.copyOf(parts);
        })
        .orElse(otherwise);
  }

  GoTemplate template(String name, String otherwise, String... keys) {
    return GoTemplate.parse(name, text(otherwise, keys));
  }

  private static String unparsable(String parser, String text) {
    return "%s: parsing %s: invalid syntax".formatted(parser, quote(text));
  }

  private InvalidSettingException unparsed(String[] keys, String problem) {
    String key = Arrays.stream(keys).filter(data::containsKey).findFirst().orElse(keys[0]);
    return new InvalidSettingException("failed to parse \"%s\": %s".formatted(key, problem));
  }

  /// As Go writes it, `-1m0s`.
  static String show(Duration duration) {
    return (duration.isNegative() ? "-" : "") + GoDuration.format(duration.abs());
  }

  /// As Go writes it, without a fraction that is zero.
  static String show(double number) {
    return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }

  /// As Go quotes a string.
  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}

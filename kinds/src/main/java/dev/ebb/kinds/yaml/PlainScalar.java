package dev.ebb.kinds.yaml;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/// What a scalar without quotes means to kubectl, whose YAML is that of Go's yaml.v2: booleans of
/// YAML 1.1 (`yes`, `on`, `n`), numbers as Go writes them (`0x1F`, `0o14`, `014`, `1_000`), and
/// times as strings.
final class PlainScalar {
  private static final Set<String> TRUE =
      Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
  private static final Set<String> FALSE =
      Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
  private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
  private static final Pattern NOT_FINITE =
      Pattern.compile("[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

  private static final Pattern INTEGER =
      Pattern.compile("[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  /// Longer digits are no number that anybody means, and cost much to read.
  private static final int LONGEST_NUMBER = 400;

  private static final Map<Character, Integer> RADIX =
      Map.of('x', 16, 'X', 16, 'b', 2, 'B', 2, 'o', 8, 'O', 8);
  private static final BigInteger UINT64_MAX =
      BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final BigInteger INT64_MIN = BigInteger.valueOf(Long.MIN_VALUE);

  private PlainScalar() {}

  /// @return empty for what JSON cannot say: infinity and not-a-number
  static Optional<JsonNode> read(String text) {
    if (NULL.contains(text)) {
      return Optional.of(NullNode.getInstance());
    }
    if (TRUE.contains(text)) {
      return Optional.of(BooleanNode.TRUE);
    }
    if (FALSE.contains(text)) {
      return Optional.of(BooleanNode.FALSE);
    }
    char first = text.charAt(0);
    boolean digit = first >= '0' && first <= '9';
    boolean numeric = digit || first == '-' || first == '+' || first == '.';
    if (!numeric || text.length() > LONGEST_NUMBER) {
      return Optional.of(StringNode.valueOf(text));
    }
    if (NOT_FINITE.matcher(text).matches()) {
      return Optional.empty();
    }
    String plain = first == '.' ? text : text.replace("_", "");
    if (first != '.' && INTEGER.matcher(plain).matches()) {
      BigInteger integer = integer(plain);
      if (integer.compareTo(INT64_MIN) >= 0 && integer.compareTo(UINT64_MAX) <= 0) {
        return Optional.of(number(integer));
      }
    }
    if (FLOAT.matcher(plain).matches()) {
      double value = Double.parseDouble(plain);
      return Double.isInfinite(value)
          ? Optional.of(StringNode.valueOf(text))
          : Optional.of(number(value));
    }
    return Optional.of(StringNode.valueOf(text));
  }

  /// Whether a string needs quotes to stay one.
  static boolean isString(String text) {
    return read(text).map(JsonNode::isString).orElse(false);
  }

  private static BigInteger integer(String text) {
    boolean signed = text.charAt(0) == '-' || text.charAt(0) == '+';
    String digits = signed ? text.substring(1) : text;
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      Integer named = RADIX.get(digits.charAt(1));
      radix = named == null ? 8 : named;
      digits = digits.substring(named == null ? 1 : 2);
    }
    BigInteger value = new BigInteger(digits, radix);
    return text.charAt(0) == '-' ? value.negate() : value;
  }

  private static JsonNode number(BigInteger value) {
    if (value.bitLength() < Integer.SIZE) {
      return IntNode.valueOf(value.intValue());
    }
    return value.bitLength() < Long.SIZE
        ? LongNode.valueOf(value.longValue())
        : BigIntegerNode.valueOf(value);
  }

  /// JSON knows one kind of number: kubectl sends 1.0 and 1e3 as 1 and 1000.
  private static JsonNode number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    return whole ? number(BigInteger.valueOf((long) value)) : DoubleNode.valueOf(value);
  }
}

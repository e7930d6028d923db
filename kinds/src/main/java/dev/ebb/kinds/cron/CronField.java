package dev.ebb.kinds.cron;

import java.util.List;
import java.util.Locale;

/// One of the five fields: which numbers it may have, and how a text becomes a set of them.
enum CronField {
  MINUTE(0, 59, ""),
  HOUR(0, 23, ""),
  DAY_OF_MONTH(1, 31, ""),
  MONTH(1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
  DAY_OF_WEEK(0, 6, "sun mon tue wed thu fri sat");

  private final int minimum;
  private final int maximum;
  private final String names;

  CronField(int minimum, int maximum, String names) {
    this.minimum = minimum;
    this.maximum = maximum;
    this.names = names;
  }

  /// The numbers that match, as bits.
  ///
  /// @param any whether the field was left open, which makes the other field of days decide alone
  record Numbers(long bits, boolean any) {
    boolean has(int number) {
      return (bits & (1L << number)) != 0;
    }
  }

  /// @throws CronFormatException with the reason
  Numbers parse(String text) {
    long bits = 0;
    boolean any = false;
    for (String part : text.split(",", -1)) {
      if (!part.isEmpty()) {
        Numbers numbers = range(part);
        bits |= numbers.bits();
        any |= numbers.any();
      }
    }
    return new Numbers(bits, any);
  }

  private Numbers range(String text) {
    String[] stepped = text.split("/", -1);
    String[] ends = stepped[0].split("-", -1);
    check(ends.length <= 2, "too many hyphens: " + text);
    check(stepped.length <= 2, "too many slashes: " + text);
    boolean open = ends[0].equals("*") || ends[0].equals("?");
    int first = open ? minimum : number(ends[0]);
    int last = open ? maximum : ends.length == 2 ? number(ends[1]) : first;
    int step = 1;
    if (stepped.length == 2) {
      step = integer(stepped[1]);
      if (ends.length == 1) {
        last = maximum; // "N/STEP" goes on to the end
      }
    }
    check(
        first >= minimum,
        "beginning of range (%d) below minimum (%d): %s".formatted(first, minimum, text));
    check(
        last <= maximum, "end of range (%d) above maximum (%d): %s".formatted(last, maximum, text));
    check(
        first <= last,
        "beginning of range (%d) beyond end of range (%d): %s".formatted(first, last, text));
    check(step > 0, "step of range should be a positive number: " + text);
    long bits = 0;
    // A step may be near the largest int.
    for (long number = first; number <= last; number += step) {
      bits |= 1L << number;
    }
    return new Numbers(bits, open && step == 1);
  }

  private int number(String text) {
    int name = List.of(names.split(" ", -1)).indexOf(text.toLowerCase(Locale.ROOT));
    return name >= 0 && !text.isEmpty() ? name + minimum : integer(text);
  }

  private static int integer(String text) {
    int number;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException none) {
      throw new CronFormatException(
          "failed to parse int from %s: strconv.Atoi: parsing \"%s\": invalid syntax"
              .formatted(text, text));
    }
    check(number >= 0, "negative number (%d) not allowed: %s".formatted(number, text));
    return number;
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new CronFormatException(problem);
    }
  }
}

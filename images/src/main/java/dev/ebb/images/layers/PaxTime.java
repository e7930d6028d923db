package dev.ebb.images.layers;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A time of change: seconds since 1970, which may be before, and the part below a second.
record PaxTime(long seconds, int nanos) {
  /// What a file system keeps: ext4 ends in 2446, others earlier or later; times beyond are cut.
  private static final long LATEST = 15_032_385_535L;

  private static final long EARLIEST = Integer.MIN_VALUE;

  PaxTime {
    if (seconds > LATEST || seconds < EARLIEST) {
      seconds = seconds > LATEST ? LATEST : EARLIEST;
      nanos = 0;
    }
  }

  /// @param decimal of a pax header, `1350244992.023960108`; empty when there is none
  /// @param otherwise seconds of the header
  PaxTime(String decimal, long otherwise) {
    this(seconds(decimal, otherwise), nanos(decimal));
  }

  private static long seconds(String decimal, long otherwise) {
    return decimal.isEmpty()
        ? otherwise
        : parse(decimal).setScale(0, RoundingMode.FLOOR).longValue();
  }

  private static int nanos(String decimal) {
    if (decimal.isEmpty()) {
      return 0;
    }
    var value = parse(decimal);
    return value.subtract(value.setScale(0, RoundingMode.FLOOR)).movePointRight(9).intValue();
  }

  private static BigDecimal parse(String decimal) {
    // A large exponent would make a number of as many digits.
    if (decimal.length() > 40 || !decimal.matches("-?[0-9]+(\\.[0-9]*)?")) {
      throw TarHeader.invalid("a pax header has a time that is no number");
    }
    return new BigDecimal(decimal);
  }
}

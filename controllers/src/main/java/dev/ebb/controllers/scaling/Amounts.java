package dev.ebb.controllers.scaling;

/// Amounts of resources as Kubernetes writes them.
final class Amounts {
  private static final String[] DECIMAL = {"m", "", "k", "M", "G", "T", "P"};
  private static final String[] BINARY = {"", "Ki", "Mi", "Gi", "Ti"};

  private Amounts() {}

  /// With the largest unit that needs no fraction: `250m`, `2`, `52428800`, `3k`.
  ///
  /// @param milli in thousandths
  static String decimal(long milli) {
    long number = milli;
    int unit = 0;
    while (number != 0 && number % 1000 == 0 && unit < DECIMAL.length - 1) {
      number /= 1000;
      unit++;
    }
    return number == 0 ? "0" : number + DECIMAL[unit];
  }

  /// For people: in the largest unit that needs no fraction, and rounded where that would be ten
  /// thousand of them.
  static String binary(long units) {
    long number = units;
    int unit = 0;
    while (number != 0 && (number >= 10_000 || number % 1024 == 0) && unit < BINARY.length - 1) {
      number = (number + 512) / 1024;
      unit++;
    }
    return number + BINARY[unit];
  }
}

package dev.ebb.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// What the types of options cannot say.
final class OptionChecks {
  private OptionChecks() {}

  /// @throws ParameterException when the value is below the minimum
  static void atLeast(CommandSpec spec, String option, int value, int minimum) {
    if (value < minimum) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must be a whole number of at least %d, not %d".formatted(option, minimum, value));
    }
  }

  /// @throws ParameterException when the value is above the maximum
  static void atMost(CommandSpec spec, String option, int value, int maximum) {
    if (value > maximum) {
      throw new ParameterException(
          spec.commandLine(),
          "%s must be a whole number of at most %d, not %d".formatted(option, maximum, value));
    }
  }
}

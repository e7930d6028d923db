package dev.ebb.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/// How a failed command ends: one message for a person, never a stack trace, and an exit code that
/// `--help` names.
final class CommandLineReports {
  /// What a shell reports of a program that SIGPIPE ended, as it ends `cat` in `cat x | head -1`.
  private static final int OUTPUT_CLOSED = 128 + 13;

  private static final Map<String, String> EXIT_CODES =
      Map.of(
          "0", "done",
          "1", "failed; the message says why and what to do",
          "2", "the command line is wrong",
          "3", "no server runs, or it was lost");

  private CommandLineReports() {}

  /// Documents the exit codes and the version in each command.
  static void document(CommandLine commandLine) {
    CommandSpec spec = commandLine.getCommandSpec();
    spec.versionProvider(new VersionCommand());
    if (spec.usageMessage().exitCodeList().isEmpty()) {
      spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
      spec.usageMessage().exitCodeList(new java.util.TreeMap<>(EXIT_CODES));
    }
    commandLine.getSubcommands().values().forEach(CommandLineReports::document);
  }

  static int wrongCommandLine(ParameterException failure, String[] arguments) {
    CommandLine commandLine = failure.getCommandLine();
    commandLine.getErr().println("ebb: " + wrong(failure));
    UnmatchedArgumentException.printSuggestions(failure, commandLine.getErr());
    commandLine
        .getErr()
        .println("See: %s --help".formatted(commandLine.getCommandSpec().qualifiedName()));
    commandLine.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static String wrong(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      String word = unmatched.getUnmatched().getFirst();
      return failure.getCommandLine().getSubcommands().isEmpty()
          ? "'%s' is one word too many".formatted(word)
          : "there is no command '%s'".formatted(word);
    }
    if (failure.getArgSpec() instanceof OptionSpec option
        && option.type().isEnum()
        && failure.getValue() != null) {
      String words =
          Arrays.stream(option.type().getEnumConstants())
              .map(word -> word.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      return "%s: '%s' is none of %s".formatted(option.longestName(), failure.getValue(), words);
    }
    return String.valueOf(failure.getMessage());
  }

  /// Reads a number, where the library would tell of an `int`.
  static Integer number(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'%s' is no whole number".formatted(text));
    }
  }

  static int failed(Exception failure, CommandLine commandLine, ParseResult parsed)
      throws Exception {
    if (failure instanceof OutputClosedException) {
      return OUTPUT_CLOSED;
    }
    if (Boolean.getBoolean("ebb.debug")) {
      throw failure;
    }
    commandLine.getErr().println("ebb: " + message(failure));
    commandLine.getErr().flush();
    return failure instanceof CliException told ? told.exitCode() : CliException.FAILED;
  }

  private static String message(Exception failure) {
    return switch (failure) {
      case CliException told -> String.valueOf(told.getMessage());
      case ApiClient.Refused refused -> String.valueOf(refused.getMessage());
      case FileSystemException file -> file.getFile() + ": " + FileErrors.reason(file);
      case IOException io -> FileErrors.reason(io);
      case UncheckedIOException io -> String.valueOf(io.getMessage());
      default ->
          "this should not have happened: %s. Please report it, with what EBB_JAVA_OPTIONS=-Debb.debug=true adds"
              .formatted(failure);
    };
  }
}

package dev.ebb.controllers;

import dev.ebb.dataplane.ExitStatus;

/// Words for the end of an instance that nobody asked for: the same in conditions and in Events.
final class Exits {
  private Exits() {}

  /// In CamelCase, as Knative has it: `ExitCode3`.
  static String reason(ExitStatus exit) {
    return switch (exit.reason()) {
      case "StartTimeout" -> exit.reason();
      default -> exit.code() < 0 ? "ExitCodeUnknown" : "ExitCode" + exit.code();
    };
  }

  /// Without a full stop: others put it into sentences of their own.
  static String message(ExitStatus exit) {
    String lines = exit.lastLogLines().strip();
    return switch (exit.reason()) {
      case "OOMKilled" ->
          "Container failed with: %sOOMKilled, it used more memory than its limit (%s)"
              .formatted(lines.isEmpty() ? "" : lines + "; ", code(exit));
      case "StartTimeout" -> with("Container failed: it did not become ready in time", lines);
      default ->
          lines.isEmpty()
              ? silent(exit)
              : "Container failed with: %s (%s)".formatted(lines, code(exit));
    };
  }

  /// Knative has words for one that ended well, and none for one that said nothing.
  private static String silent(ExitStatus exit) {
    return exit.code() == 0
        ? "Container failed with: container exited with no error"
        : "Container failed with %s and no output".formatted(code(exit));
  }

  private static String with(String message, String lines) {
    return lines.isEmpty() ? message : message + ". Its last output: " + lines;
  }

  private static String code(ExitStatus exit) {
    if (exit.code() < 0) {
      return "unknown exit code";
    }
    return exit.signal() > 0
        ? "exit code %d, signal %d".formatted(exit.code(), exit.signal())
        : "exit code " + exit.code();
  }
}

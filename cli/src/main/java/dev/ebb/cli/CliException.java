package dev.ebb.cli;

/// A command failed in a way that the user is told of: what happened, why, and what to do.
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Something asked for could not be done.
  public static final int FAILED = 1;

  /// No server was reached.
  public static final int UNREACHABLE = 3;

  private final int exitCode;

  public CliException(String message) {
    this(message, FAILED);
  }

  public CliException(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}

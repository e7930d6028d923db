package dev.ebb.cli;

/// Nobody reads the output any more, as after `ebb logs hello -f | head -1`.
final class OutputClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputClosedException() {
    super("the output was closed");
  }
}

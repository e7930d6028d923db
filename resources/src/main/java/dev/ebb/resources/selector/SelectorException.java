package dev.ebb.resources.selector;

/// A selector that cannot be read (400).
public final class SelectorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  public SelectorException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /// The message, for the user.
  public String problem() {
    return problem;
  }
}

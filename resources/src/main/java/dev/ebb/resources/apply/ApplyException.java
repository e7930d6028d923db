package dev.ebb.resources.apply;

/// An applied configuration, or the object that it meets, has no clear structure (400).
public final class ApplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  ApplyException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /// The message, for the user.
  public String problem() {
    return problem;
  }
}

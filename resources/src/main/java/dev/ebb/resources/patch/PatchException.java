package dev.ebb.resources.patch;

/// A patch that is malformed, or does not fit the object. The object is as it was.
public final class PatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean malformed;
  private final String problem;

  private PatchException(boolean malformed, String problem) {
    super(problem);
    this.malformed = malformed;
    this.problem = problem;
  }

  /// No object could take this patch (400).
  static PatchException malformed(String message) {
    return new PatchException(true, message);
  }

  /// This object cannot take it (422).
  static PatchException doesNotApply(String message) {
    return new PatchException(false, message);
  }

  /// The message, for the user.
  public String problem() {
    return problem;
  }

  public boolean isMalformed() {
    return malformed;
  }
}

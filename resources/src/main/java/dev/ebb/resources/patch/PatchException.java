package dev.ebb.resources.patch;

/// A patch that is malformed, or does not fit the object. The object is as it was.
public final class PatchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// Whose fault it is that nothing comes of a patch.
  public enum Sort {
    /// No object could take it (400).
    MALFORMED,
    /// It would cost too much (413).
    TOO_LARGE,
    /// This object cannot take it (422).
    DOES_NOT_APPLY
  }

  private final Sort sort;
  private final String problem;

  private PatchException(Sort sort, String problem) {
    super(problem);
    this.sort = sort;
    this.problem = problem;
  }

  static PatchException malformed(String message) {
    return new PatchException(Sort.MALFORMED, message);
  }

  static PatchException tooLarge(String message) {
    return new PatchException(Sort.TOO_LARGE, message);
  }

  static PatchException doesNotApply(String message) {
    return new PatchException(Sort.DOES_NOT_APPLY, message);
  }

  /// The message, for the user.
  public String problem() {
    return problem;
  }

  public Sort sort() {
    return sort;
  }
}

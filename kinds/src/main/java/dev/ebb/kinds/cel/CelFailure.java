package dev.ebb.kinds.cel;

/// An expression could not be evaluated.
public final class CelFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CelFailure(String message, Throwable cause) {
    super(message, cause);
  }

  public String problem() {
    return String.valueOf(getMessage());
  }
}

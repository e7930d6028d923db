package dev.ebb.images;

/// Bytes are not those that their name says.
public final class DigestMismatchException extends RuntimeException {
  private final String expected;
  private final String actual;

  public DigestMismatchException(String expected, String actual) {
    super("the content's digest is " + actual + ", not " + expected);
    this.expected = expected;
    this.actual = actual;
  }

  public String expected() {
    return expected;
  }

  public String actual() {
    return actual;
  }
}

package dev.ebb.images;

/// There is no package of this digest, or its bytes are damaged.
public final class PackageMissingException extends RuntimeException {
  private final String digest;

  PackageMissingException(String digest, String why) {
    super("package " + digest + ": " + why);
    this.digest = digest;
  }

  public String digest() {
    return digest;
  }
}

package dev.ebb.images.distribution;

/// An image that cannot be had. The message is for the user who named it: it says what was tried
/// and what to do, and holds no secret.
public final class ImageException extends RuntimeException {
  /// What went wrong, as far as a caller acts on it.
  public enum Reason {
    /// No such repository, tag, manifest or blob.
    NOT_FOUND,
    /// The registry refuses these credentials, or asks for some.
    UNAUTHORIZED,
    /// Bytes are not those that their digest names.
    DIGEST_MISMATCH,
    /// The image is for other machines.
    WRONG_PLATFORM,
    /// The reference, a manifest or a credential is malformed or of a kind that is not supported.
    INVALID,
    /// The registry cannot be reached or fails; trying again later may help.
    UNREACHABLE,
    /// More layers or bytes than are allowed here.
    TOO_LARGE,
    /// The disk is full.
    NO_SPACE
  }

  private final Reason reason;

  public ImageException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public ImageException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package dev.ebb.images.registry;

/// A request that the registry refuses. The message is for the client.
public final class RegistryException extends RuntimeException {
  /// What is wrong, as far as a caller acts on it.
  public enum Problem {
    NAME_INVALID,
    NAME_UNKNOWN,
    TAG_INVALID,
    BLOB_UNKNOWN,
    /// No such upload in this repository: finished, cancelled, collected or never begun.
    UPLOAD_UNKNOWN,
    /// Another request is writing to the same upload.
    UPLOAD_BUSY,
    /// A chunk that does not begin where the upload stands.
    UPLOAD_OUT_OF_ORDER,
    /// As many uploads are open as may be.
    TOO_MANY_UPLOADS,
    /// Malformed, of another algorithm than SHA-256, or not that of the bytes.
    DIGEST_INVALID,
    /// The bytes are not as many as was said.
    SIZE_INVALID,
    MANIFEST_UNKNOWN,
    MANIFEST_INVALID,
    MANIFEST_TOO_LARGE,
    /// The manifest refers to content that this repository does not have.
    MANIFEST_BLOB_UNKNOWN,
    /// The disk is full.
    NO_SPACE
  }

  private final Problem problem;

  public RegistryException(Problem problem, String message) {
    super(message);
    this.problem = problem;
  }

  RegistryException(Problem problem, String message, Throwable cause) {
    super(message, cause);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}

package dev.ebb.node.sandbox;

/// A container could not be started; nothing of it is left.
public final class SandboxException extends RuntimeException {
  public enum Reason {
    /// The command's program is not in the root.
    COMMAND_NOT_FOUND,
    /// The program is there, and may not be run.
    PERMISSION_DENIED,
    /// The user or group is not in the image, out of range, or root where that is not allowed.
    BAD_USER,
    /// A mount's source is missing, or its destination cannot be made.
    MOUNT_FAILED,
    /// Everything else: the machine's or the runtime's fault.
    RUNTIME_FAILED
  }

  private final Reason reason;

  public SandboxException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public SandboxException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

package dev.ebb.eventing.calls;

/// A call that is not taken. Nothing was stored.
public final class CallRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /// Why.
  public enum Reason {
    /// The call itself cannot be: its callback's URL, its queue's name.
    INVALID,
    /// Its body or its headers are too long.
    TOO_LARGE,
    /// Callbacks have led from call to call too often.
    LOOP,
    /// The queue holds as many calls as it may.
    QUEUE_FULL,
    DISK_FULL,
    /// Too much waits for the disk at this moment, or the server stops.
    BUSY
  }

  public CallRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

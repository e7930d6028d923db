package dev.ebb.node;

/// No instance of a revision can be started now; carries the words of
/// [dev.ebb.dataplane.InstanceEvent.StartRefused].
final class StartRefusedException extends RuntimeException {
  private final String reason;
  private final boolean permanent;

  StartRefusedException(String reason, String message, boolean permanent) {
    super(message);
    this.reason = reason;
    this.permanent = permanent;
  }

  static StartRefusedException createFailed(Throwable cause) {
    var message = cause.getMessage();
    var refused =
        new StartRefusedException(
            "CreateFailed", message == null ? cause.toString() : message, false);
    refused.initCause(cause);
    return refused;
  }

  String reason() {
    return reason;
  }

  boolean permanent() {
    return permanent;
  }

  String text() {
    var message = getMessage();
    return message == null ? reason : message;
  }
}

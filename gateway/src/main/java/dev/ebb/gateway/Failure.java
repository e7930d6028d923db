package dev.ebb.gateway;

import dev.ebb.dataplane.ExitStatus;
import dev.ebb.dataplane.Instance;
import dev.ebb.dataplane.RevisionId;

/// An error that the gateway itself answers with, told to the client as JSON.
///
/// @param reason a word that programs can rely on; a status may have several
/// @param retryAfterSeconds for `Retry-After`; 0 for none
record Failure(int status, String reason, String message, int retryAfterSeconds) {
  /// A client that found the queue full should come back after the time of a cold start, not at
  /// once: 1 s is the smallest value the header can say.
  private static final int QUEUE_FULL_RETRY_SECONDS = 1;

  private static final int EXIT_USER_ERROR = 78;

  private static final String REVISION_UNKNOWN = "RevisionUnknown";

  static Failure badRequest(String message) {
    return new Failure(400, "BadRequest", message, 0);
  }

  static Failure slowHead() {
    return new Failure(408, "Timeout", "the request's header did not arrive in time", 0);
  }

  static Failure noRoute(String host, String path) {
    return new Failure(
        404, "NoRoute", "no route for host '" + host + "' and path '" + path + "'", 0);
  }

  static Failure revisionUnknown(RevisionId revision) {
    return new Failure(
        503, REVISION_UNKNOWN, "revision " + revision + " is not known here (any more)", 1);
  }

  boolean isRevisionUnknown() {
    return reason.equals(REVISION_UNKNOWN);
  }

  /// As the control plane says.
  static Failure unavailable(String reason, String message) {
    return new Failure(503, reason, message, 0);
  }

  static Failure queueFull(RevisionId revision, int capacity) {
    return new Failure(
        503,
        "QueueFull",
        "all instances of " + revision + " are busy and " + capacity + " requests wait already",
        QUEUE_FULL_RETRY_SECONDS);
  }

  static Failure startFailed(Instance instance) {
    ExitStatus exit = instance.exit().orElseGet(() -> new ExitStatus(-1, 0, "Unknown", ""));
    String output = exit.lastLogLines().strip().lines().findFirst().orElse("");
    String cause =
        exit.code() >= 0 ? "exit code " + exit.code() + ", " + exit.reason() : exit.reason();
    return startFailed(
        "instance "
            + instance.id()
            + " ended before it was ready ("
            + cause
            + ")"
            + (output.isEmpty() ? "" : ": " + output));
  }

  /// Whether the code cannot be loaded (78, `EX_CONFIG` of sysexits.h): the next instance would end
  /// in the same way.
  static boolean isUserError(Instance instance) {
    return instance.exit().map(exit -> exit.code() == EXIT_USER_ERROR).orElse(false);
  }

  static Failure startFailed(String message) {
    return new Failure(503, "InstanceStartFailed", message, 0);
  }

  static Failure overloaded(String message) {
    return new Failure(503, "Overloaded", message, 1);
  }

  static Failure upstreamFailed(String message) {
    return new Failure(502, "UpstreamFailed", message, 0);
  }

  /// The first words are those of Knative's queue proxy.
  static Failure timeout(String message) {
    return new Failure(504, "Timeout", "request timeout: " + message, 0);
  }
}

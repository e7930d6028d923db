package dev.ebb.node;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/// No instance of a revision can be started now; carries the words of
/// [dev.ebb.dataplane.InstanceEvent.StartRefused].
public final class StartRefusedException extends RuntimeException {
  private final String reason;
  private final boolean permanent;
  private final boolean lasting;

  public StartRefusedException(String reason, String message, boolean permanent) {
    this(reason, message, permanent, false);
  }

  private StartRefusedException(String reason, String message, boolean permanent, boolean lasting) {
    super(message);
    this.reason = reason;
    this.permanent = permanent;
    this.lasting = lasting;
  }

  /// For what stays as it is until the workload changes or the server is started again.
  public static StartRefusedException lasting(String reason, String message) {
    return new StartRefusedException(reason, message, true, true);
  }

  public static StartRefusedException createFailed(Throwable cause) {
    var refused = new StartRefusedException("CreateFailed", describe(cause), false);
    refused.initCause(cause);
    return refused;
  }

  /// Java names only the file where the reason is in the exception's type.
  private static String describe(Throwable cause) {
    return switch (cause) {
      case UncheckedIOException e when e.getCause() != null -> describe(e.getCause());
      case AccessDeniedException e -> e.getFile() + ": Permission denied";
      case NoSuchFileException e -> e.getFile() + ": No such file or directory";
      case FileAlreadyExistsException e -> e.getFile() + ": File exists";
      default -> {
        var message = cause.getMessage();
        yield message == null ? cause.toString() : message;
      }
    };
  }

  public String reason() {
    return reason;
  }

  /// Trying again cannot help before the revision or the machine changes.
  public boolean permanent() {
    return permanent;
  }

  /// Permanent, and nothing that may happen to the machine while the server runs changes it, so
  /// that it is not tried again.
  public boolean lasting() {
    return lasting;
  }

  public String text() {
    var message = getMessage();
    return message == null ? reason : message;
  }
}

package dev.ebb.controllers;

import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.Objects;

/// The file system refused a package; the message has the reason that the operating system gave.
final class PackageNotStoredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PackageNotStoredException(UncheckedIOException cause) {
    super(
        "The package could not be stored: %s. It is tried again every few seconds."
            .formatted(reason(Objects.requireNonNullElse(cause.getCause(), cause))),
        cause);
  }

  /// Java names only the file where the reason is in the exception's type.
  private static String reason(Throwable cause) {
    boolean onlyFile = cause instanceof FileSystemException system && system.getReason() == null;
    return onlyFile
        ? cause.toString()
        : Objects.requireNonNullElse(cause.getMessage(), cause.toString());
  }
}

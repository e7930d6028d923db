package dev.ebb.server;

/// A part of the server could not listen. The message says where and why.
final class NotListeningException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotListeningException(String message, Throwable cause) {
    super(message, cause);
  }
}

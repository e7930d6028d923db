package dev.ebb.apiserver;

/// The server cannot listen where it was told to. The message says where and why.
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }

  /// Whether somebody else listens there.
  boolean inUse() {
    return String.valueOf(getMessage()).contains("Address already in use");
  }
}

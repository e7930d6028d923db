package dev.ebb.node.network;

/// This machine, or this user, cannot give instances networks of their own. The message tells what
/// is missing and how to get it.
public final class NetworkUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NetworkUnavailableException(String message) {
    super(message);
  }

  public NetworkUnavailableException(String message, Throwable cause) {
    super(message + ": " + cause.getMessage(), cause);
  }
}

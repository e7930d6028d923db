package dev.ebb.controllers.certificates;

/// What a Secret holds cannot be shown to clients. The message is for its owner, and quotes nothing
/// of it.
final class UnusableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableException(String message) {
    super(message);
  }
}

package dev.ebb.controllers;

/// A function's source cannot become a package; the message tells the user why.
final class FunctionInvalidException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FunctionInvalidException(String message) {
    super(message);
  }

  FunctionInvalidException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.ebb.store;

/// The store could not do what was asked for a reason outside the request: disk full, file damaged.
/// After it the write is not acknowledged and is not visible.
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}

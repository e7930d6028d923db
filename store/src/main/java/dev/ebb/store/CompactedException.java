package dev.ebb.store;

/// The history asked for is no longer there. Kubernetes answers 410 Expired.
public final class CompactedException extends StoreException {
  private static final long serialVersionUID = 1L;

  public CompactedException(String message) {
    super(message);
  }
}

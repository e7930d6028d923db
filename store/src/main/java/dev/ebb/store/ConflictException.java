package dev.ebb.store;

import java.util.Optional;

/// A write expected another revision of its key than the current one.
public final class ConflictException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final transient Optional<Entry> current;

  public ConflictException(String key, Optional<Entry> current) {
    super("conflict on " + key);
    this.current = current;
  }

  /// What is there instead; empty when the key is absent.
  public Optional<Entry> current() {
    return current;
  }
}

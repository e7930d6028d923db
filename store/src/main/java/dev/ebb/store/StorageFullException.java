package dev.ebb.store;

import java.nio.file.Path;

/// The disk has no room for a write. Later writes are tried anew, so they go on when it has.
public final class StorageFullException extends StoreException {
  private static final long serialVersionUID = 1L;

  /// @param file what had to grow
  public StorageFullException(Path file, Throwable cause) {
    super(file + " cannot grow, the disk is full", cause);
  }

  /// The same, for another thread to throw.
  StorageFullException(StorageFullException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}

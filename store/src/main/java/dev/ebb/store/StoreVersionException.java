package dev.ebb.store;

import java.nio.file.Path;

/// The database was written by a newer Ebb, whose schema this one does not know.
public final class StoreVersionException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final int found;
  private final int supported;

  StoreVersionException(Path file, int found, int supported) {
    super(
        "%s has schema version %d, this Ebb knows up to %d: run the Ebb that wrote it, or a newer one"
            .formatted(file, found, supported));
    this.found = found;
    this.supported = supported;
  }

  public int found() {
    return found;
  }

  public int supported() {
    return supported;
  }
}

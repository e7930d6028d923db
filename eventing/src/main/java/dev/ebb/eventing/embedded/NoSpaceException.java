package dev.ebb.eventing.embedded;

import java.io.IOException;

/// The disk, or what this user may have of it, is full.
public final class NoSpaceException extends IOException {
  private static final long serialVersionUID = 1L;

  public NoSpaceException(String file) {
    super("no space for " + file);
  }

  public NoSpaceException(String file, IOException cause) {
    super("no space for " + file, cause);
  }
}

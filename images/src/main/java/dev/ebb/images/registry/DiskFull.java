package dev.ebb.images.registry;

import dev.ebb.images.registry.RegistryException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Tells a full disk from other failures: Java has no exception of its own for it.
final class DiskFull {
  // strerror(3) for ENOSPC and EDQUOT, which the JDK puts into its messages untranslated.
  private static final String NO_SPACE = "No space left on device";
  private static final String NO_QUOTA = "Disk quota exceeded";

  private DiskFull() {}

  /// What to throw for a failed write.
  static RuntimeException or(IOException failure) {
    var message = String.valueOf(failure.getMessage());
    return message.contains(NO_SPACE) || message.contains(NO_QUOTA)
        ? new RegistryException(Problem.NO_SPACE, "no space is left for images", failure)
        : new UncheckedIOException(failure);
  }
}

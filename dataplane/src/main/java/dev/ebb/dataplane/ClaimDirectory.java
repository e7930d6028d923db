package dev.ebb.dataplane;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Where the data of PersistentVolumeClaims are. Thread-safe; blocks.
public interface ClaimDirectory {
  /// There or not: the first instance that mounts a claim makes it.
  Path path(String namespace, String claim);

  /// Deletes the data. Idempotent.
  ///
  /// @throws UncheckedIOException when something is left
  void delete(String namespace, String claim);
}

package dev.ebb.node.volumes;

import dev.ebb.dataplane.ClaimDirectory;
import dev.ebb.node.NodeFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// `NAMESPACE/CLAIM` for each PersistentVolumeClaim, in one directory that outlives all Pods.
public final class ClaimDirectories implements ClaimDirectory {
  private final Path root;

  public ClaimDirectories(Path root) {
    this.root = root;
  }

  /// @param data of the server
  public static Path root(Path data) {
    return data.resolve("volumes");
  }

  @Override
  public Path path(String namespace, String claim) {
    if (!isName(namespace) || !isName(claim)) {
      throw new IllegalArgumentException("not names: " + namespace + ", " + claim);
    }
    return root.resolve(namespace).resolve(claim);
  }

  /// The API admits no others; what deletes asks once more.
  private static boolean isName(String name) {
    return !name.isEmpty() && !name.startsWith(".") && name.indexOf('/') < 0;
  }

  @Override
  public void delete(String namespace, String claim) {
    try {
      NodeFiles.delete(path(namespace, claim));
    } catch (IOException left) {
      throw new UncheckedIOException(left);
    }
  }
}

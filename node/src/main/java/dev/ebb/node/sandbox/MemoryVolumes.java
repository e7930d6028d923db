package dev.ebb.node.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Volumes in memory that several containers of a Pod share. One container's own would be mounted
/// in its own mount namespace; these are mounts of the machine, in the Pod's directory, so they
/// outlive a server that is killed and must be taken away by whoever deletes the directory. What
/// programs write counts for the memory of the container that wrote it. Thread-safe; blocks.
public final class MemoryVolumes {
  private MemoryVolumes() {}

  /// Idempotent: what is mounted stays.
  ///
  /// @param directory empty, and in no other file system than its parent
  /// @param bytes the most that it holds; empty for half of the machine's memory
  public static void mount(Path directory, OptionalLong bytes) throws IOException {
    if (isMounted(directory)) {
      return;
    }
    SystemCalls.mount(
        "ebb",
        directory.toString(),
        "tmpfs",
        SystemCalls.MS_NOSUID | SystemCalls.MS_NODEV,
        bytes.isPresent() ? "mode=0777,size=" + bytes.getAsLong() : "mode=0777");
  }

  /// Takes away those that are directly in this directory; their files are gone then. Idempotent.
  public static void unmountIn(Path volumes) throws IOException {
    if (!Files.isDirectory(volumes, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var all = Files.newDirectoryStream(volumes)) {
      for (Path volume : all) {
        if (isMounted(volume)) {
          SystemCalls.unmount(volume.toString(), SystemCalls.MNT_DETACH);
        }
      }
    }
  }

  private static boolean isMounted(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    return parent != null && !device(directory).equals(device(parent));
  }

  private static Object device(Path path) throws IOException {
    return Files.getAttribute(path, "unix:dev", LinkOption.NOFOLLOW_LINKS);
  }
}

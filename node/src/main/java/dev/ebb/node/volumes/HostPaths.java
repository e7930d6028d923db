package dev.ebb.node.volumes;

import dev.ebb.dataplane.Volume;
import dev.ebb.images.layers.ImageOwners;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// What of the machine Pods may mount: what is below the paths that its administrator named, and
/// nothing else. Thread-safe; blocks.
///
/// A path is judged by where it really is, after all links. What is mounted later must still be
/// that: see [dev.ebb.node.sandbox.Mount.Bind].
///
/// @param allowed absolute; one that is not there allows nothing
/// @see <a href="https://kubernetes.io/docs/concepts/storage/volumes/#hostpath">hostPath</a>
public record HostPaths(List<Path> allowed) {
  public static final HostPaths NONE = new HostPaths(List.of());

  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;

  public HostPaths {
    allowed = List.copyOf(allowed);
    for (Path path : allowed) {
      if (!path.isAbsolute()) {
        throw new IllegalArgumentException("not absolute: " + path);
      }
    }
  }

  /// Where it really is; made when its type says so.
  ///
  /// @throws VolumeException in the kubelet's words, or saying how it can be allowed
  Path find(Volume.HostPath wanted) throws IOException {
    Path path = Path.of(wanted.path());
    if (!path.isAbsolute() || !path.equals(path.normalize())) {
      throw new VolumeException("a hostPath is absolute and without '..': " + path, true);
    }
    Path real = real(path);
    if (!isAllowed(real)) {
      throw refused(path);
    }
    make(real, wanted.type());
    check(real, wanted);
    // Somebody who may write there could have put a link in the way meanwhile.
    if (!real.toRealPath().equals(real)) {
      throw refused(path);
    }
    return real;
  }

  /// Of what is not there the part that is, and the rest.
  private static Path real(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null || Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try {
        return path.toRealPath();
      } catch (NoSuchFileException e) {
        throw refused(path); // a link to nothing
      }
    }
    return real(parent).resolve(path.getFileName());
  }

  private boolean isAllowed(Path real) throws IOException {
    for (Path one : allowed) {
      if (Files.exists(one) && real.startsWith(one.toRealPath())) {
        return true;
      }
    }
    return false;
  }

  private static VolumeException refused(Path path) {
    return new VolumeException(
        ("hostPath %s is not allowed on this machine: its administrator can allow it with `ebb up"
                + " --allow-host-path PATH`")
            .formatted(path),
        true);
  }

  /// An empty type makes a directory too, as container runtimes do.
  private static void make(Path real, String type) throws IOException {
    if (Files.exists(real)) {
      return;
    }
    switch (type) {
      case "", "DirectoryOrCreate" -> directories(real);
      case "FileOrCreate" -> own(Files.createFile(real), 0644);
      default -> {}
    }
  }

  private static void directories(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null && !Files.exists(parent)) {
      directories(parent);
    }
    own(Files.createDirectory(path), 0755);
  }

  /// Root of the containers, as a kubelet would give it to root of the machine.
  private static void own(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:uid", ImageOwners.BASE, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", ImageOwners.BASE, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:mode", mode);
  }

  private static void check(Path real, Volume.HostPath wanted) throws IOException {
    switch (wanted.type()) {
      case "" -> {}
      case "Directory", "DirectoryOrCreate" ->
          require(Files.isDirectory(real), wanted, "is not a directory");
      case "File", "FileOrCreate" -> require(Files.isRegularFile(real), wanted, "is not a file");
      case "Socket" -> require(isSocket(real), wanted, "is not a socket file");
      default ->
          throw new VolumeException(
              "hostPath %s: instances get no devices of the machine, and no type %s"
                  .formatted(wanted.path(), wanted.type()),
              true);
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    return Files.exists(path) && ((int) Files.getAttribute(path, "unix:mode") & TYPE) == SOCKET;
  }

  private static void require(boolean holds, Volume.HostPath wanted, String what) {
    if (!holds) {
      throw new VolumeException(
          "hostPath type check failed: %s %s".formatted(wanted.path(), what), false);
    }
  }
}
